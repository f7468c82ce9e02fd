"""Times our tools and their peers in turn; see bench.sh.

Everything runs on two threads. In a round each program of a job runs once (short ones several times), one after the other, so
that a slow phase of the machine hits all alike. In the table, ratio is the least time of the fastest peer over our least time,
least the smallest such ratio within one round. Of memory the same.
"""
import argparse, atexit, glob, importlib.metadata, itertools, os, platform, shutil, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ["BIN"]
ROUNDS, STEPS = 5, "8"
PEER_PACKAGES = "numpy pillow tensorflow-cpu torch onnxruntime openvino".split()
AVX2 = {"AML_ISA": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2", "TORCHINDUCTOR_CACHE_DIR": "inductor-avx2"}


class Group:
    """Programs that take turns, and the rows of the table that come of them.

    programs   name: function that runs it and returns {figure: number}; ours first
    rows       (title, floor, in every round: bool, our (program, figure), {peer: (program, figure)})
    """
    def __init__(self, programs, rows, turns=1):
        self.programs, self.rows, self.turns, self.rounds = programs, rows, turns, []

    def run_round(self):
        best = {name: {} for name in self.programs}
        for _ in range(self.turns):
            for name, program in self.programs.items():
                os.sync()               # nobody pays for what another has left to be written
                for figure, number in program().items():
                    best[name][figure] = min(number, best[name].get(figure, number))
        self.rounds.append(best)


# ---- programs ----

# Removed when all is measured: some file systems make new files slowly beside ones just removed.
NEW, new_folders = "{NEW}", itertools.count()


def remove_new_folders():
    for name in glob.glob("new-*"):
        shutil.rmtree(name)


def start(command, env):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=open("stderr", "w"), text=True, env={**os.environ, **env})


def check(command, status):
    if status:
        sys.exit("bench: %s failed: %s" % (" ".join(command), open("stderr").read()[-1000:]))


def run(command):
    """Milliseconds and peak MiB of a whole process."""
    begin = time.perf_counter()
    process = start(command, {})
    process.stdout.read()
    _, status, use = os.wait4(process.pid, 0)
    check(command, status)
    return 1e3 * (time.perf_counter() - begin), use.ru_maxrss / 1024


def whole(*commands):
    """Processes one after the other. NEW in their arguments is a folder that is not there yet."""
    def program():
        new = "new-%d" % next(new_folders)
        runs = [run([argument.replace(NEW, new) for argument in c]) for c in commands]
        return {"ms": sum(ms for ms, _ in runs), "mib": max(mib for _, mib in runs)}
    return program


def best_of(fields):
    """Of a line 'name best median' of a peer's, or of one of `make bench`."""
    return float(fields[3] if len(fields) > 3 else fields[1])


def inside(*command, figures, env={}):
    """A program that times FIGURES itself; it is stopped when it has printed them all."""
    def program():
        process, found = start(command, env), {}
        for line in process.stdout:
            fields = line.split()
            if fields and fields[0] in figures:
                found[fields[0]] = best_of(fields)
            if len(found) == len(figures):
                process.kill()
                process.wait()
                return found
        check(command, process.wait() or 1)
    return program


def ours(name, *args):
    return [os.path.join(BIN, name), *args]


def peer(name, *args):
    return [sys.executable, "-u", os.path.join(HERE, name), *args]


# ---- jobs ----

FRAMEWORKS = "TensorFlow", "PyTorch", "PyTorch compiled"
RUNTIMES = {"ONNX Runtime": "onnxruntime", "OpenVINO": "openvino"}


def engines(figures, env={}):
    """The programs that train and infer, each for the figures that it has among these."""
    train = ["train_step"] * ("train" in figures)
    infer = ["infer_b1", "infer_b32", "infer_b256"] * ("infer" in figures)
    mine = [f + "_b32" for f in train] + infer
    theirs = [f + "_ms" for f in train + infer]
    programs = {
        "ours": inside(*ours("bench/bench_network", "-j", "2", "-r", STEPS, *mine), figures=mine, env=env),
        "TensorFlow": inside(*peer("keras_speed.py", "--threads", "2", "--steps", STEPS),
                             figures=theirs, env=env),
        "PyTorch": inside(*peer("torch_speed.py", "--steps", STEPS), figures=theirs, env=env),
        "PyTorch compiled": inside(*peer("torch_speed.py", "--compile", "--steps", STEPS),
                                   figures=theirs, env=env),
    }
    if env == {}:
        programs["ours over OpenBLAS"] = inside(
            *ours("bench/bench_network", "-j", "2", "-r", STEPS, *mine), figures=mine, env={"AML_ISA": "blas"})
    if infer:
        programs["runtimes"] = inside(*peer("runtime_speed.py", "full.onnx", "--steps", STEPS),
                                      figures=["%s_b%d_ms" % (name, b) for name in RUNTIMES.values()
                                               for b in (1, 32, 256)])
    return programs


def of_frameworks(figure):
    return {name: (name, figure) for name in FRAMEWORKS}


def training_row(isa):
    return "training step, " + isa, 2.7, True, ("ours", "train_step_b32"), of_frameworks("train_step_ms")


def layers_row(title, figure, theirs):
    """What the fused engine does not take is to be no slower than plain PyTorch."""
    return title + ", layers over OpenBLAS", 1, False, ("ours over OpenBLAS", figure), {"PyTorch": ("PyTorch", theirs)}


def inference_row(batch, floor):
    peers = of_frameworks("infer_b%d_ms" % batch)
    for name, prefix in RUNTIMES.items():
        peers[name] = "runtimes", "%s_b%d_ms" % (prefix, batch)
    return "inference, batch %d" % batch, floor, False, ("ours", "infer_b%d" % batch), peers


def engine_groups(jobs):
    """Training and inference come from the same programs."""
    isa = subprocess.run(ours("aml-train", "--version"), capture_output=True, text=True).stdout
    isa = isa.split("(")[1].strip(")\n")
    rows = []
    if "train" in jobs:
        rows += [training_row(isa), layers_row("training step", "train_step_b32", "train_step_ms")]
    if "infer" in jobs:
        rows += [inference_row(32, 1.3), inference_row(256, 1.3), inference_row(1, 1.2),
                 layers_row("inference, batch 32", "infer_b32", "infer_b32_ms")]
    groups = [Group(engines(jobs), rows)]
    if "train" in jobs and isa == "avx512":
        groups.append(Group(engines(["train"], AVX2), [training_row("avx2")]))
    return groups


def simple(title, floor, mine, peer_name, theirs, figure="ms", turns=1):
    row = title, floor, False, ("ours", figure), {peer_name: (peer_name, figure)}
    return Group({"ours": mine, peer_name: theirs}, [row], turns)


def predict_groups():
    image = os.path.join("raw", "NGS", "NGS_0001.tiff")
    return [simple("one image to class, whole process", 20,
                   whole(ours("aml-predict", "-j", "2", "ours0.npz", image)),
                   "ONNX Runtime", whole(peer("onnx_predict.py", "full.onnx", image)), turns=5)]


def prepare_groups():
    return [simple("prepare 500 images, " + title, 2,
                   whole(ours("aml-downsample", "-q", "-j", "2", "-o", NEW, tree)),
                   "Pillow", whole(peer("pillow_pool.py", tree, NEW)), turns=2)
            for tree, title in (("raw", "uncompressed"), ("lzw", "LZW"))]


def fedavg_groups():
    groups = []
    for prefix, title in (("w", "numpy's"), ("ours", "ours")):
        files = ["%s%d.npz" % (prefix, k) for k in range(10)]
        groups.append(simple("mean of ten 70 MB weights files, " + title, 4,
                             whole(ours("aml-fedavg", "-q", "--equal", "-j", "2", "-o", "mean.npz", *files)),
                             "numpy", whole(peer("numpy_mean.py", "mean-theirs.npz", *files)), turns=2))
    return groups


def tutorial_groups():
    tree, d, part = os.environ["CELLS"] or "300", NEW, NEW + "/partition0"
    images = sum(len(files) for _, _, files in os.walk(tree))
    mine = whole(ours("aml-downsample", "-q", "-j", "2", "-o", d, tree),
                 ours("aml-train", "-q", "-j", "2", "-d", d, "ours0.npz", "trained.npz"),
                 ours("aml-eval", "-q", "-j", "2", "-d", d, "-p", "predictions.tsv", "trained.npz", "report.json"),
                 ours("aml-confmat", "-o", "matrix.png", "predictions.tsv"))
    theirs = whole(peer("tutorial.py", "prepare", tree, NEW, "1"),
                   peer("tutorial.py", "train", part, "w0.npz", "trained-theirs.npz"),
                   peer("tutorial.py", "validate", part, "trained-theirs.npz", "report-theirs.json"),
                   peer("tutorial.py", "confmat", part, "trained-theirs.npz", "matrix-theirs.png"))
    return [simple("whole tutorial, %d images, one epoch" % images, 5, mine, "Pillow, Keras", theirs)]


def memory_groups():
    run(peer("tutorial.py", "prepare", "300", "partitions", "1"))
    part = "partitions/partition0"
    return [simple("peak memory of training, MiB", 3,
                   whole(ours("aml-train", "-q", "-j", "2", "-d", part, "ours0.npz", "trained.npz")),
                   "TensorFlow",
                   whole(peer("tutorial.py", "train", part, "w0.npz", "trained-theirs.npz")), figure="mib")]


def serve_groups():
    """Medians of one client's requests, through lighttpd, to servers that stand."""
    servers = inside(os.environ["SERVE_PYTHON"], os.path.join(HERE, "serve_speed.py"), "ours0.npz", "full.onnx", "-r", "1",
                     figures=["scgi", "cgi", "kserve", "fastapi"])
    peers = {"kserve, ONNX Runtime": ("servers", "kserve"), "FastAPI, ONNX Runtime": ("servers", "fastapi")}
    return [Group({"servers": servers}, [("one picture as JSON over HTTP, " + title, floor, False, ("servers", ours), peers)
                                         for ours, title, floor in (("scgi", "SCGI", 5), ("cgi", "CGI", 2))])]


GROUPS = {"predict": predict_groups, "prepare": prepare_groups, "fedavg": fedavg_groups,
          "tutorial": tutorial_groups, "memory": memory_groups, "serve": serve_groups}
JOBS = ["train", "infer", *GROUPS]


# ---- the table ----

def print_header(rounds):
    processor = platform.machine()
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            processor = line.split(":")[1].strip()
    print("# %s, %d processors, two threads, %d rounds" % (processor, os.cpu_count(), rounds))
    versions = ["%s %s" % (p, importlib.metadata.version(p)) for p in PEER_PACKAGES]
    print("# Python %s, %s" % (platform.python_version(), ", ".join(versions)))
    print("job\tours\tpeer\ttheirs\tratio\tleast\tfloor\tverdict")


def print_row(group, title, floor, every, ours_at, peers):
    """True if the floor is held."""
    program, figure = ours_at
    mine = [r[program][figure] for r in group.rounds]
    theirs = {name: [r[p][f] for r in group.rounds] for name, (p, f) in peers.items()}
    best = min(theirs, key=lambda name: min(theirs[name]))
    ratio = min(theirs[best]) / min(mine)
    least = min(min(t) / m for m, t in zip(mine, zip(*theirs.values())))
    good = (least if every else ratio) >= floor
    print("%s\t%.4g\t%s\t%.4g\t%.2f\t%.2f\t%g\t%s" % (title, min(mine), best, min(theirs[best]), ratio,
                                                     least, floor, "ok" if good else "BELOW"))
    return good


def main():
    ap = argparse.ArgumentParser(prog="bench.sh", description=__doc__)
    ap.add_argument("data", help=argparse.SUPPRESS)
    ap.add_argument("jobs", nargs="*", metavar="JOB", help=" ".join(JOBS) + "; all by default")
    ap.add_argument("-r", type=int, default=ROUNDS, metavar="ROUNDS")
    o = ap.parse_intermixed_args()
    jobs = o.jobs or JOBS
    if set(jobs) - set(JOBS) or o.r < 1:
        ap.error("jobs are " + " ".join(JOBS))
    os.chdir(o.data)
    atexit.register(remove_new_folders)
    remove_new_folders()
    groups = engine_groups(jobs) if {"train", "infer"} & set(jobs) else []
    for job, make in GROUPS.items():
        if job in jobs:
            groups += make()
    for number in range(o.r):
        for group in groups:
            print("round %d of %d: %s" % (number + 1, o.r, "; ".join(row[0] for row in group.rows)),
                  file=sys.stderr)
            group.run_round()
    print_header(o.r)
    held = [print_row(group, *row) for group in groups for row in group.rows]
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
