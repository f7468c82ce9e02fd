"""aml-serve's processes: workers that die, models that are replaced, sockets that were left, logs that move or fill their disk."""
import json, os, random, shutil, signal, subprocess, threading, time
from scene import *

files = cells()[:8]
pictures = [f.read_bytes() for f in files]
digests = {}
for model in (MODEL, OTHER):
    serve = Serve(models=("cells=" + model,), workers=1, name="first")
    digests[ask(serve, "/about").json()["models"][0]["digest"]] = predicted(model, files)
    tell("from the start to the first answer: %.2f s" % serve.took)
    serve.stop()
old, new = digests


class Load:
    """COUNT clients that ask one after the other, until ended."""

    def __init__(self, serve, count=10):
        self.serve, self.ended = serve, False
        self.seen, self.lost, self.wrong = [], [], []           # digests in order; what came instead
        self.threads = [threading.Thread(target=self.client, args=(i,)) for i in range(count)]
        for t in self.threads:
            t.start()

    def client(self, seed):
        draw = random.Random(seed)
        while not self.ended:
            i = draw.randrange(len(files))
            try:
                answer = ask(self.serve, "/cells", pictures[i], query="top=15")
            except OSError as e:
                self.lost.append(repr(e))
                continue
            self.take(answer, files[i])

    def take(self, answer, file):
        if answer.status != 200:
            self.lost.append(answer.data[:200])
            return
        a = answer.json()
        got = {c["class"]: c["probability"] for c in a["cells"][0]["classes"]}
        digest = a["model"]["digest"]
        if digests.get(digest, {}).get(file) != got:
            self.wrong.append((digest, file.name, got))
        self.seen.append(digest)

    def goes_on(self, answers=20):
        """Waits for ANSWERS more."""
        want = len(self.seen) + answers
        return until(lambda: len(self.seen) >= want)

    def end(self):
        self.ended = True
        for t in self.threads:
            t.join(PATIENCE)


def replace(serve_model, by):
    shutil.copy(by, serve_model + ".new")
    os.replace(serve_model + ".new", serve_model)


def digest_now(serve):
    return ask(serve, "/about").json()["models"][0]["digest"]


def gone(pids):
    return all(not os.path.exists("/proc/%d" % p) for p in pids)


# ---- a worker dies ----

model = str(folder / "model.npz")
shutil.copy(MODEL, model)
serve = Serve("--timeout", 20, models=("cells=" + model,))
load = Load(serve)
load.goes_on()
victim, survivor = serve.workers()
os.kill(victim, signal.SIGKILL)
ok(until(lambda: len(serve.workers()) == 2 and victim not in serve.workers()), "a killed worker is replaced")
ok(load.goes_on(), "the load goes on after it")
ok(survivor in serve.workers(), "the other worker is the same")
ok("worker %d was ended by signal 9" % victim in serve.said(), "a line on standard error", serve.said())
ok(len(load.lost) <= 10, "only what it had in hand was lost: %d" % len(load.lost), load.lost)
load.lost.clear()

# ---- another model, with and without SIGHUP ----

before = serve.workers()
replace(model, OTHER)
serve.hang_up()
ok(until(lambda: new in load.seen[-10:]), "SIGHUP: the new model answers")
ok(until(lambda: gone(before)), "the workers of the old one end")
from_here = len(load.seen)
load.goes_on()
same(set(load.seen[from_here + 10:]), {new}, "and it alone answers then")
replace(model, MODEL)
ok(until(lambda: load.seen[-10:] == [old] * 10), "a replaced file without a signal: the new model answers")
same((load.lost, load.wrong), ([], []), "no request failed, every answer was that of one of the two models")

# ---- broken models ----

for name, content in (("text", b"not a model"), ("half", open(OTHER, "rb").read(30_000_000)), ("nothing", b"")):
    said = len(serve.said())
    with open(model + ".new", "wb") as f:
        f.write(content)
    os.replace(model + ".new", model)
    serve.hang_up()
    ok(until(lambda: "the former models go on" in serve.said()[said:]), name + " in place of the model: a line on standard error",
       serve.said()[said:])
    load.goes_on()
os.remove(model)
serve.hang_up()
ok(until(lambda: serve.said().count("the former models go on") >= 4), "no file in place of the model: a line on standard error")
load.goes_on()
same((set(load.seen[-20:]), load.lost, load.wrong), ({old}, [], []), "the old one goes on all the while, no request failed")
replace(model, OTHER)
ok(until(lambda: load.seen[-10:] == [new] * 10), "a good file again: it answers")

# ---- logs ----

os.remove(serve.log)
serve.hang_up()
ok(until(lambda: serve.log.exists() and serve.log.stat().st_size), "log removed, SIGHUP: a new one")
load.goes_on()
load.end()
same((load.lost, load.wrong), ([], []), "no request failed")
ok(all(json.loads(line)["status"] == 200 for line in serve.log_lines()), "each of its lines is JSON")

# ---- two at one socket ----

second = subprocess.run([BIN / "aml-serve", "-m", model, "--listen", serve.socket], capture_output=True, text=True)
ok(second.returncode == 1 and "another process listens there" in second.stderr and second.stderr.count("\n") == 1,
   "a second one at the same socket is refused", second)
ok(serve.answers(), "the first goes on")

# ---- SIGKILL of the parent ----

workers = serve.workers()
serve.process.kill()
serve.process.wait()
ok(until(lambda: gone(workers)), "SIGKILL of the parent: the workers end")
ok(os.path.exists(serve.socket), "its socket stays")
serve = Serve("--timeout", 20, models=("cells=" + model,))
ok(serve.answers(), "a new one takes the socket over")

# ---- SIGTERM with requests in hand ----

whole = request("/cells", pictures[0], query="top=15")
idle = descriptors(serve.workers())
hands = [connect(serve) for _ in range(8)]
for s in hands:
    s.sendall(whole[:2000])
until(lambda: descriptors(serve.workers()) >= idle + 8)
serve.process.terminate()
time.sleep(.5)
answers = []
for s in hands:
    s.sendall(whole[2000:])
    answers.append(receive(s))
same([a.status for a in answers], [200] * 8, "SIGTERM: requests in hand are answered")
same(serve.process.wait(PATIENCE), 0, "and then it ends")
ok(not os.path.exists(serve.socket), "its socket is removed")
same(serve.said(), "", "nothing on standard error")

# ---- SIGTERM under load ----

serve = Serve("--timeout", 20, models=("cells=" + model,))
load = Load(serve)
load.goes_on()
serve.process.terminate()
ok(until(lambda: serve.process.poll() is not None), "SIGTERM under load: it ends", "still there after %d s" % PATIENCE)
load.end()
same((serve.process.poll(), load.wrong), (0, []), "with exit 0, and every answer was right")
ok(all("Status" not in str(lost) for lost in load.lost), "nobody was refused but by a closed socket", load.lost[:3])

# ---- what cannot be had at the start ----

def refused(what, text, *options):
    got = subprocess.run([BIN / "aml-serve", "--listen", str(folder / "x"), *options], capture_output=True, text=True, timeout=PATIENCE)
    ok(got.returncode == 1 and text in got.stderr and got.stderr.count("\n") == 1, what, got)


(folder / "text.npz").write_text("text")
(folder / "file").write_text("keep me")
refused("a model that is none", "text.npz", "-m", str(folder / "text.npz"))
refused("a file where the socket should be", "is there, and no socket", "-m", model, "--listen", str(folder / "file"))
same((folder / "file").read_text(), "keep me", "the file stays")
refused("another machine's address", "loopback", "-m", model, "--listen", "192.0.2.1:9000")
refused("a log that cannot be opened", "nowhere", "-m", model, "--log", str(folder / "nowhere/log"))

serve = Serve("--timeout", 20, models=("cells=" + model,), name="full", log="/dev/full", wait=False)
ok(until(lambda: os.path.exists(serve.socket)), "log on a full disk: it starts")
answer = ask(serve, "/cells", pictures[0])
ok(answer.status == 500 and b"probability" not in answer.body and "log" in answer.error(), "and answers 500, nothing else", answer.data[:600])
same(serve.stop(), 0, "SIGTERM: exit 0")
