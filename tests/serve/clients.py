"""Clients as they are, through lighttpd and nginx: their answers are aml-predict's, and ONNX Runtime's."""
import json, subprocess, warnings
import numpy as np
import onnxruntime
import requests
import tritonclient.http as triton
from scene import *
sys.path.append(str(TOP / "tests/peers"))
from in_double import forward

files = cells()
want = predicted(MODEL, files)
raw = np.stack([pixels(f) for f in files])
serve = Serve()
tell("%d pictures; from the start of aml-serve to its first answer: %.2f s" % (len(files), serve.took))
codes = [c["code"] for c in ask(serve, "/about").json()["models"][0]["classes"]]
printed = np.array([[want[f][c] for c in codes] for f in files], "f4")
webs = [Web("lighttpd", serve, "-m cells=" + MODEL), Web("nginx", serve)]


def is_printed(got, what, which=slice(None)):
    got = np.asarray(got, "f8").astype("f4")
    ok(got.shape == printed[which].shape and (got == printed[which]).all(), what + ": what aml-predict prints",
       "largest difference: %g" % np.abs(got - printed[which]).max() if got.shape == printed[which].shape else got.shape)


session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
theirs = session.run(None, {"inputs": (raw / 255).astype("f4")})[0]
with np.load(MODEL) as z:
    exact = forward([z[str(i)] for i in range(16)], (raw / 255).astype("f4"))
ours, worst, its = (float(np.abs(a - b).max()) for a, b in ((printed, exact), (printed, theirs), (theirs, exact)))
ok(ours <= 1e-6, "aml-predict and the network in double, every class of every picture: %.2g of 1e-6" % ours)
ok(worst <= 1e-6 + its, "aml-predict and ONNX Runtime: %.2g of 1e-6 and of the %.2g by which that differs from double" % (worst, its))


# ---- requests ----

def tutorial(url, name):
    """As the tutorial's web application asks: the column form, one image of doubles in full."""
    got = []
    for x in raw[:4]:
        answer = requests.post(url + "/v1/models/cells:predict", data=json.dumps({"inputs": (x[None] / 255).tolist()}))
        got += answer.json()["outputs"]
    is_printed(got, name + ", requests, column form", slice(4))
    answer = requests.post(url + "/v1/models/cells/versions/1:predict",
                           json={"instances": [{"inputs": x} for x in (raw / 255).tolist()][:3], "signature_name": "serving_default"})
    is_printed(answer.json()["predictions"], name + ", requests, row form, three images", slice(3))


# ---- curl ----

def curl(url, *options):
    return json.loads(subprocess.run(["curl", "-sS", *options, url], check=True, capture_output=True).stdout)


def by_curl(url, name):
    cell = curl(url + "/cells", "--data-binary", "@%s" % files[0], "-H", "Content-Type: image/tiff")["cells"][0]
    same({c["class"]: c["probability"] for c in cell["classes"]}, want[files[0]], name + ", curl: one picture")
    open("note.txt", "w").write("no picture")
    forms = sum((["-F", "cells=@%s" % f] for f in (*files[:2], "note.txt", files[2])), [])
    got = curl(url + "/cells?top=2", *forms)["cells"]
    same([c["file"] for c in got], [files[0].name, files[1].name, "note.txt", files[2].name], name + ", curl -F: the files in order")
    same(["error" in c for c in got], [False, False, True, False], name + ", curl -F: a text beside pictures has an error of its own")
    pictures = [c for c in got if "error" not in c]
    same([[(p["class"], p["probability"]) for p in c["classes"]] for c in pictures],
         [sorted(want[f].items(), key=lambda p: -p[1])[:2] for f in files[:3]], name + ", curl -F: the two likeliest classes")


# ---- OpenVINO Model Server's client ----

def openvino(host, name):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from ovmsclient import make_http_client
    except Exception as e:                  # its generated code wants the protobuf of its day
        return tell("ovmsclient cannot be loaded, not tested: %s" % e)
    client = make_http_client(host)
    for version, title in ((1, ""), (0, ", the default version")):
        try:
            is_printed(client.predict({"inputs": (raw[:2] / 255).astype("f4")}, "cells", version), name + ", ovmsclient" + title, slice(2))
            same(client.get_model_status("cells", version), {1: {"state": "AVAILABLE", "error_code": 0, "error_message": ""}},
                 name + ", ovmsclient: status" + title)
            facts = client.get_model_metadata("cells", version)
            ok("serving_default" in str(facts), name + ", ovmsclient: metadata" + title, facts)
        except Exception as e:
            ok(False, name + ", ovmsclient" + title, repr(e))


# ---- Triton's client ----

def tritons(host, name):
    client = triton.InferenceServerClient(host)
    ok(client.is_server_live() and client.is_server_ready() and client.is_model_ready("cells"), name + ", tritonclient: live, ready")
    ok(not client.is_model_ready("others"), name + ", tritonclient: another model is not ready")
    same(client.get_server_metadata()["name"], "aml-serve", name + ", tritonclient: server")
    facts = client.get_model_metadata("cells")
    same((facts["inputs"][0]["shape"], facts["outputs"][0]["shape"]), ([-1, *raw.shape[1:]], [-1, len(codes)]), name + ", tritonclient: shapes")
    x = (raw[:3] / 255).astype("f4")
    for binary_in in (True, False):
        for binary_out in (True, False):
            tensor = triton.InferInput("inputs", list(x.shape), "FP32")
            tensor.set_data_from_numpy(x, binary_data=binary_in)
            asked = triton.InferRequestedOutput("outputs", binary_data=binary_out)
            result = client.infer("cells", [tensor], outputs=[asked], request_id="7")
            is_printed(result.as_numpy("outputs"), "%s, tritonclient, %s in, %s out" % (
                name, *("binary" if b else "JSON" for b in (binary_in, binary_out))), slice(3))
    tensor = triton.InferInput("inputs", list(x.shape), "UINT8")
    tensor.set_data_from_numpy(raw[:3])
    is_printed(client.infer("cells", [tensor]).as_numpy("outputs"), name + ", tritonclient, bytes", slice(3))
    tensor = triton.InferInput("inputs", list(x.shape), "FP32")
    tensor.set_data_from_numpy(x)
    try:
        client.infer("cells", [tensor], request_compression_algorithm="gzip")
        ok(False, name + ", tritonclient: a packed request is refused")
    except triton.InferenceServerException as e:
        ok(e.status().startswith(("400", "415")), name + ", tritonclient: a packed request is refused", e)
    client.close()


for web in webs:
    tutorial(web.url, web.kind)
    by_curl(web.url, web.kind)
    by_curl(web.url + "/below", web.kind + " below a prefix")
    openvino(web.host, web.kind)
    tritons(web.host, web.kind)
tutorial(webs[0].url + "/cgi", "lighttpd, CGI")
by_curl(webs[0].url + "/cgi", "lighttpd, CGI")
all_answers = requests.post(webs[1].url + "/v1/models/cells:predict", json={"instances": (raw / 255).tolist()}).json()
is_printed(all_answers["predictions"], "nginx, all images at once")
for web in webs:
    got = requests.get(web.url + "/")
    ok(got.status_code == 200 and got.headers["Content-Type"].startswith("text/html"), web.kind + ": the page")
same(serve.stop(), 0, "SIGTERM: exit 0")
same(serve.said(), "", "aml-serve said nothing on standard error")
