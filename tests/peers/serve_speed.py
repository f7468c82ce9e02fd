"""Time one picture over HTTP: aml-serve behind lighttpd, as SCGI and as CGI, against Python servers around ONNX Runtime.

usage: serve_speed.py MODEL.npz MODEL.onnx [-r ROUNDS (5)] [-n REQUESTS (40)]

The picture is S x S x 4 floats in JSON, as Python prints them (824 kB at 100 x 100). One client asks one request after the other
over a connection that stays open. The servers stand all the while and take turns, REQUESTS each in every round, so that a slow
phase of the machine hits all alike. Prints a line a server (scgi, cgi: ours; kserve; fastapi): name, the median and the 99th
percentile in milliseconds over all rounds, the least median of a round, and how many times the median of SCGI that is.
Needs BIN, lighttpd, and Python packages kserve, fastapi, uvicorn, onnxruntime, numpy.
"""
import argparse, http.client, json, os, pathlib, statistics, sys, time

THREADS = 2
NAME = "models"
PATH = "/v1/models/%s:predict" % NAME


def session(onnx):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])


def serve_kserve(onnx, port):
    import numpy as np
    from kserve import Model, ModelServer

    class Network(Model):
        def __init__(self):
            super().__init__(NAME)
            self.session, self.ready = session(onnx), True

        def load(self):
            return True

        def predict(self, body, headers=None, response_headers=None):
            return {"outputs": self.session.run(None, {"inputs": np.array(body["inputs"], "f4")})[0].tolist()}

    ModelServer(http_port=port, enable_grpc=False, workers=1).start([Network()])


def serve_fastapi(onnx, port):
    import fastapi, numpy as np, uvicorn
    app, network = fastapi.FastAPI(), session(onnx)

    @app.post(PATH)
    async def predict(request: fastapi.Request):
        body = await request.json()
        return {"outputs": network.run(None, {"inputs": np.array(body["inputs"], "f4")})[0].tolist()}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


PEERS = {"kserve": serve_kserve, "fastapi": serve_fastapi}


class Server:
    """One that stands at PORT, asked at PATH."""

    def __init__(self, name, port, path=PATH):
        self.name, self.port, self.path, self.times, self.medians = name, port, path, [], []
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, body):
        self.connection.request("POST", self.path, body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit("%s: %d %s" % (self.name, answer.status, text[:500]))
        return json.loads(text)["outputs"]

    def comes_up(self, body):
        end = time.monotonic() + 120
        while True:
            try:
                return self.ask(body)
            except OSError:
                self.connection.close()
                if time.monotonic() > end:
                    sys.exit(self.name + " does not come up")
                time.sleep(.1)

    def take_turn(self, body, count):
        times = []
        self.connection.close()         # some give up a connection on which nobody asks for seconds
        self.ask(body)
        for _ in range(count):
            begin = time.perf_counter()
            self.ask(body)
            times.append(1e3 * (time.perf_counter() - begin))
        self.times += times
        self.medians.append(statistics.median(times))


def start_all(npz, onnx):
    os.environ.update(MODEL=npz, OTHER=npz)
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
    import scene
    serve = scene.Serve(models=("%s=%s" % (NAME, npz),), workers=THREADS)
    web = scene.Web("lighttpd", serve, "-m %s=%s --log %s/log.cgi" % (NAME, npz, scene.folder))
    servers = [Server("scgi", web.port), Server("cgi", web.port, "/cgi" + PATH)]
    for peer in PEERS:
        port = scene.free_port()
        scene.start([sys.executable, __file__, "--" + peer, port, npz, onnx], stdout=sys.stderr)
        servers.append(Server(peer, port))
    return servers


def expect_same(servers, body):
    """Every server comes up and says the same."""
    import numpy as np
    outputs = [np.array(s.comes_up(body)) for s in servers]
    for s, y in zip(servers, outputs):
        if np.abs(y - outputs[0]).max() > 1e-5:
            sys.exit("%s says something else: %s" % (s.name, y))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("npz")
    ap.add_argument("onnx")
    ap.add_argument("-r", type=int, default=5, metavar="ROUNDS")
    ap.add_argument("-n", type=int, default=40, metavar="REQUESTS")
    for peer in PEERS:
        ap.add_argument("--" + peer, type=int, help=argparse.SUPPRESS)
    o = ap.parse_args()
    for peer, serve in PEERS.items():
        if getattr(o, peer):
            return serve(o.onnx, getattr(o, peer))
    import numpy as np
    shape = [1] + [d for d in session(o.onnx).get_inputs()[0].shape if isinstance(d, int)]
    body = json.dumps({"inputs": (np.random.default_rng(0).integers(0, 256, shape) / 255).tolist()})
    servers = start_all(os.path.abspath(o.npz), os.path.abspath(o.onnx))
    expect_same(servers, body)
    for number in range(o.r):
        print("round %d of %d" % (number + 1, o.r), file=sys.stderr)
        for s in servers:
            s.take_turn(body, o.n)
    import scene            # found by now
    scene.clean()           # whoever has read the table may end this process at once
    print("server\tp50\tp99\tleast\ttimes")
    for s in servers:
        p50 = statistics.median(s.times)
        print("%s\t%.1f\t%.1f\t%.1f\t%.2f" % (s.name, p50, sorted(s.times)[int(.99 * len(s.times))], min(s.medians),
                                             p50 / statistics.median(servers[0].times)))


if __name__ == "__main__":
    main()
