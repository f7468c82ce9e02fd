"""Times our tools and their peers in turn; see bench.sh.

Both run on two threads. Every round runs ours and each peer once, one after the other, so that a slow phase of the machine hits all alike.
ratio = least time of the fastest peer / our least time; least = the smallest such ratio within one round.
"""
import argparse, os, platform, shutil, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ["BIN"]
PY = sys.executable
CODES = "BAS EBO EOS KSC LYA LYT MMZ MOB MON MYB MYO NGB NGS PMB PMO".split()
IMAGES = 500
CAPPED = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2", "AML_ISA": "avx2"}


def tool(name):
    return os.path.join(BIN, name)


def peer(name):
    return os.path.join(HERE, name)


def run(cmd, env={}, cwd=None):
    """Seconds, peak MiB and output of a whole process."""
    start = time.perf_counter()
    p = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(at("stderr"), "w"), text=True, env={**os.environ, **env}, cwd=cwd)
    out = p.stdout.read()
    _, status, use = os.wait4(p.pid, 0)
    if status:
        sys.exit("bench: %s failed: %s" % (" ".join(cmd), open(at("stderr")).read()[-1000:]))
    return time.perf_counter() - start, use.ru_maxrss / 1024, out


def whole(*cmd, env={}, before=None):
    """A contestant: milliseconds of the whole process."""
    def once():
        if before:
            before()
        return 1e3 * run(list(cmd), env)[0]
    return once


def chain(*cmds, before=None):
    def once():
        if before:
            before()
        return 1e3 * sum(run(c)[0] for c in cmds)
    return once


def peak(*cmd, before=None):
    def once():
        if before:
            before()
        return run(list(cmd))[1]
    return once


class Inside:
    """Programs that time several things themselves; one run a round serves all rows that read it."""
    def __init__(self, cmd, env={}):
        self.cmd, self.env, self.round, self.values = cmd, env, None, {}

    def get(self, name, number):
        if self.round != number:
            self.round = number
            out = run(self.cmd, self.env)[2]
            self.values = {f[0]: f for f in (line.split() for line in out.splitlines()) if len(f) > 1}
        f = self.values[name]
        return float(f[3] if len(f) > 3 else f[1])

    def field(self, name):
        return lambda number: self.get(name, number)


def at(*p):
    return os.path.join(DATA, *p)


# ---------------------------------------------------------------- data
def make_weights():
    import numpy as np
    if os.path.exists(at("w9.npz")):
        return
    for k in range(10):
        subprocess.run([tool("aml-init"), "-s", str(k), at("ours%d.npz" % k)], check=True)
        with np.load(at("ours%d.npz" % k)) as z:
            np.savez(at("w%d.npz" % k), **{n: z[n] for n in z.files})
    subprocess.run([tool("aml-export"), "-f", "onnx", "-o", at("full.onnx"), at("ours0.npz")], check=True)


def make_trees():
    """Pictures like smears: a bright field, pale red cells, one dark cell, sensor noise. The same uncompressed and LZW."""
    import numpy as np
    from PIL import Image
    if os.path.exists(at("trees-complete")):
        return
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:400, 0:400].astype("f4")
    noise = rng.normal(0, 2.2, (8, 600, 600, 3)).astype("f4").repeat(2, 1).repeat(2, 2)
    fine, base = rng.normal(0, .6, (500, 500, 3)).astype("f4"), []
    for i in range(20):
        a = np.full((400, 400, 3), rng.normal((225, 205, 210), 6), "f4")
        cells = [(*rng.uniform(0, 400, 2), rng.uniform(35, 60), (205, 160, 165), .6) for _ in range(5)]
        for cx, cy, r, colour, cover in cells + [(200, 200, rng.uniform(60, 100), (120, 70, 150), 1)]:
            m = cover * np.clip((r - np.hypot(x - cx, y - cy)) / 5, 0, 1)[..., None]
            a = a * (1 - m) + m * np.array(colour, "f4")
        base.append(a)
    for name in ("raw", "lzw"):
        shutil.rmtree(at(name), ignore_errors=True)
        for c in CODES:
            os.makedirs(at(name, c))
    for i in range(IMAGES):
        p, q, u, v = *rng.integers(0, 800, 2), *rng.integers(0, 100, 2)
        a = np.full((400, 400, 4), 255, "u1")
        a[..., :3] = np.clip(base[i % 20] + noise[i % 8, p:p + 400, q:q + 400] + fine[u:u + 400, v:v + 400] + .5, 0, 255)
        for name, c in (("raw", None), ("lzw", "tiff_lzw")):
            Image.fromarray(a).save(at(name, CODES[i % 15], "%s_%04d.tiff" % (CODES[i % 15], i // 15 + 1)), compression=c)
    os.makedirs(at("300"), exist_ok=True)
    for c in CODES:
        os.makedirs(at("300", c), exist_ok=True)
        for f in sorted(os.listdir(at("raw", c)))[:20]:
            shutil.copy(at("raw", c, f), at("300", c, f))
    open(at("trees-complete"), "w").close()


def script(name, text):
    with open(at(name), "w") as f:
        f.write(text)
    return [PY, at(name)]


def scripts():
    return {
        "pool": script("pool.py", """
import os, sys
import numpy as np
from multiprocessing import Pool
from PIL import Image
def one(j):
    np.save(j[1], np.asarray(Image.open(j[0]).resize((100, 100)), dtype='f4') / np.float32(255))
if __name__ == '__main__':
    tree, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    jobs = [(os.path.join(tree, c, f), os.path.join(out, f[:-5] + '.npy')) for c in sorted(os.listdir(tree)) for f in sorted(os.listdir(os.path.join(tree, c)))]
    with Pool(2) as p:
        p.map(one, jobs, 16)
"""),
        "mean": script("mean.py", """
import sys, numpy as np
mean, total = None, 0
for path in sys.argv[2:]:
    with np.load(path) as z:
        w = [z[str(i)] for i in range(len(z.files))]
    total += 100
    mean = w if mean is None else [np.add(m, 100 * (y - m) / total) for m, y in zip(mean, w)]
np.savez(sys.argv[1], **{str(i): a for i, a in enumerate(mean)})
"""),
        "onnxruntime": script("predict_ort.py", """
import sys, numpy as np, onnxruntime as o
from PIL import Image
x = np.asarray(Image.open(sys.argv[2]).resize((100, 100)), dtype='f4')[None] / np.float32(255)
print(o.InferenceSession(sys.argv[1], providers=['CPUExecutionProvider']).run(None, {'inputs': x})[0].argmax())
"""),
    }


# ---------------------------------------------------------------- rows
def engines(env):
    return (Inside([os.path.join(BIN, "bench/bench_network"), "2", "12"], env),
            {"TensorFlow": Inside([PY, peer("keras_speed.py"), "--threads", "2"], env),
             "PyTorch": Inside([PY, peer("torch_speed.py")], env)})


def rows_of_engines(jobs):
    ours, peers = engines({})
    rows = []
    isa = run([tool("aml-train"), "--version"])[2].split("(")[1].strip(")\n")
    if "train" in jobs:
        rows.append(("training step, " + isa, 2.7, ours.field("train_step_b32"), {n: p.field("train_step_ms") for n, p in peers.items()}))
        if isa == "avx512":
            capped, capped_peers = engines(CAPPED)
            rows.append(("training step, avx2", 2.7, capped.field("train_step_b32"), {n: p.field("train_step_ms") for n, p in capped_peers.items()}))
    if "infer" in jobs:
        runtimes = Inside([PY, peer("runtime_speed.py"), at("full.onnx")])
        for b, floor in ((32, 1.3), (256, 1.3), (1, 1.2)):
            contestants = {n: p.field("infer_b%d_ms" % b) for n, p in peers.items()}
            contestants["ONNX Runtime"] = runtimes.field("onnxruntime_b%d_ms" % b)
            contestants["OpenVINO"] = runtimes.field("openvino_b%d_ms" % b)
            rows.append(("inference, batch %d" % b, floor, ours.field("infer_b%d" % b), contestants))
    return rows


def fresh(path):
    return lambda: shutil.rmtree(path, ignore_errors=True)


def rows_of_tools(jobs, s):
    once = lambda f: lambda number: f()
    rows = []
    if "predict" in jobs:
        image = at("raw", "NGS", "NGS_0001.tiff")
        rows.append(("one image to class, whole process", 20, once(whole(tool("aml-predict"), at("ours0.npz"), image)),
                     {"ONNX Runtime": once(whole(*s["onnxruntime"], at("full.onnx"), image))}))
    if "prepare" in jobs:
        for name, title in (("raw", "uncompressed"), ("lzw", "LZW")):
            rows.append(("prepare %d images, %s" % (IMAGES, title), 2, once(whole(tool("aml-downsample"), "-q", "-j", "2", "-o", at("ours"), at(name), before=fresh(at("ours")))),
                         {"Pillow": once(whole(*s["pool"], at(name), at("theirs"), before=fresh(at("theirs"))))}))
    if "fedavg" in jobs:
        files = [at("w%d.npz" % k) for k in range(10)]
        rows.append(("mean of ten 70 MB files, stored by numpy", 4, once(whole(tool("aml-fedavg"), "-q", "--equal", "-j", "2", "-o", at("mean.npz"), *files)),
                     {"numpy": once(whole(*s["mean"], at("mean2.npz"), *files))}))
        own = [at("ours%d.npz" % k) for k in range(10)]
        rows.append(("mean of ten 70 MB files, stored by our tools", 4, once(whole(tool("aml-fedavg"), "-q", "--equal", "-j", "2", "-o", at("mean.npz"), *own)),
                     {"numpy": once(whole(*s["mean"], at("mean2.npz"), *own))}))
    tutorial = [PY, peer("tutorial.py")]
    if "tutorial" in jobs or "memory" in jobs:
        run(tutorial + ["prepare", at("300"), at("part"), "1"])
    part = at("part", "partition0")
    if "tutorial" in jobs:
        def clean():
            shutil.rmtree(at("t"), ignore_errors=True)
            shutil.rmtree(at("t2"), ignore_errors=True)
        d = at("t")
        ours = chain([tool("aml-downsample"), "-q", "-o", d, at("300")], [tool("aml-train"), "-q", "-d", d, at("ours0.npz"), at("o.npz")],
                     [tool("aml-eval"), "-q", "-d", d, "-p", at("p.tsv"), at("o.npz"), at("o.json")], [tool("aml-confmat"), "-o", at("o.png"), at("p.tsv")], before=clean)
        theirs = chain(tutorial + ["prepare", at("300"), at("t2"), "1"], tutorial + ["train", at("t2", "partition0"), at("w0.npz"), at("t.npz")],
                       tutorial + ["validate", at("t2", "partition0"), at("t.npz"), at("t.json")], tutorial + ["confmat", at("t2", "partition0"), at("t.npz"), at("t.png")], before=clean)
        rows.append(("the tutorial, 300 images, one epoch", 5, once(ours), {"Pillow, Keras, matplotlib": once(theirs)}))
    if "memory" in jobs:
        rows.append(("peak memory of training (MiB)", 3, once(peak(tool("aml-train"), "-q", "-d", part, at("ours0.npz"), at("o.npz"))),
                     {"TensorFlow": once(peak(*tutorial, "train", part, at("w0.npz"), at("t.npz")))}))
    return rows


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def main():
    global DATA
    every = "train infer predict prepare fedavg tutorial memory".split()
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("data")
    ap.add_argument("jobs", nargs="*", default=[])
    ap.add_argument("-r", type=int, default=5)
    o = ap.parse_intermixed_args()
    jobs = o.jobs or every
    if set(jobs) - set(every):
        ap.error("jobs are " + " ".join(every))
    os.makedirs(o.data, exist_ok=True)
    DATA = os.path.abspath(o.data)
    make_weights()
    make_trees()
    rows = rows_of_engines(jobs) + rows_of_tools(jobs, scripts())
    print("# %s, %d processors, two threads, %d rounds" % (processor(), os.cpu_count(), o.r))
    print("job\tours\tpeer\ttheirs\tratio\tleast\tfloor\tverdict")
    seen = [[] for _ in rows]
    for number in range(o.r):
        for row, times in zip(rows, seen):
            print("round %d of %d: %s" % (number + 1, o.r, row[0]), file=sys.stderr)
            times.append((row[2](number), {n: f(number) for n, f in row[3].items()}))
    missed = 0
    for (title, floor, _, peers), times in zip(rows, seen):
        ours = min(t for t, _ in times)
        name = min(peers, key=lambda n: min(p[n] for _, p in times))
        theirs = min(p[name] for _, p in times)
        least = min(min(p.values()) / t for t, p in times)
        good = (least if floor == 2.7 else theirs / ours) >= floor
        missed += not good
        print("%s\t%.4g\t%s\t%.4g\t%.2f\t%.2f\t%g\t%s" % (title, ours, name, theirs, theirs / ours, least, floor, "ok" if good else "BELOW"))
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
