"""The small jobs into which faults are injected: at least one for each tool, of a few milliseconds each.

    prepared = prepare(folder)          # once: makes the files that jobs start from
    for job in jobs():
        with Place(job, prepared) as place:     # a fresh folder with the job's files
            before = place.state()
            result = place.run()        # runs job.argv there, with words in front of it (strace, env) if wanted
            after = place.state()       # {name: (type, mode, bytes or target)} of all that is there

A job without a fault exits 0 and writes the same bytes each time. Of the files in its folder only those in job.outputs
may change; those in job.stages pass through states between the old one and the new one (logs, checkpoints), all
others are the old or the new one, never anything else.
"""
import os, pathlib, shutil, signal, stat, subprocess, tempfile
from dataclasses import dataclass, field

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("BIN") or TOP / "build/release").resolve()
DATA = TOP / "tests/data"
PATIENCE = 60                           # seconds after which a run hangs
CLASSES = ("BAS", "EOS", "LYT")
CELLS = {"tiff": DATA / "images/rgba_deflate.tiff", "png": DATA / "images/rgb8.png", "jpg": DATA / "jpegs/rgb_420.jpg"}


@dataclass(frozen=True)
class Job:
    name: str
    argv: tuple                         # the tool's name and its arguments
    files: tuple = ()                   # of the prepared ones, files or folders, that its folder holds
    outputs: tuple = ()                 # what it makes, replaces or removes; a folder stands for all within
    stages: tuple = ()                  # those of the outputs that are complete in several states
    parts: bool = False                 # one operand's failure is told, and the others' output is there
    answers: bool = False               # a request: that the machine fails is an answer, too
    stdin: str = ""                     # a prepared file
    env: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    status: int                         # as of subprocess: -N for signal N; None: it hung
    out: bytes
    err: bytes


def environment(more=()):
    """Nothing of the user's, so that two runs are the same."""
    return {"PATH": "%s:/usr/bin:/bin" % BIN, "LC_ALL": "C", "TMPDIR": "."} | dict(more)


# ---- what jobs start from ----

def _cells(folder):
    """Three classes of four TIFF images, and one image of each other format."""
    for code in CLASSES:
        (folder / "cells" / code).mkdir(parents=True)
        for image in sorted((TOP / "examples/demo-cells" / code).iterdir())[:4]:
            shutil.copy(image, folder / "cells" / code / image.name)
    (folder / "mixed" / "BAS").mkdir(parents=True)
    for image in ("images/rgb_deflate_tiles.tiff", "images/palette8_adam7.png", "images/rgba_lzw_strips.tiff",
                  "images/rgb16.png", "jpegs/arithmetic_progressive.jpg", "jpegs/cmyk.jpg"):
        shutil.copy(DATA / image, folder / "mixed/BAS" / pathlib.Path(image).name)
    for kind, image in CELLS.items():
        shutil.copy(image, folder / ("cell." + kind))
    (folder / "names").write_text("cell.tiff\ncell.png\ncell.jpg\n")


def _tables(folder):
    """Tables that go with the predictions."""
    rows = [line.split("\t")[0] for line in (folder / "predictions.tsv").read_text().splitlines()[1:]]
    (folder / "patients.tsv").write_text("".join("%s\tpatient %d\n" % (r, i % 4) for i, r in enumerate(rows)))
    (folder / "groups.tsv").write_text("group\tclasses\nblood\tBAS,EOS\n")
    (folder / "tolerant.tsv").write_text("class\tneighbour\nBAS\tEOS\n")


def prepare(folder):
    """Makes all files in FOLDER, which must be empty, and returns it."""
    folder = pathlib.Path(folder).resolve()
    _cells(folder)
    with_classes = "--classes=" + ",".join(CLASSES)
    train = ["aml-train", "-q", "-j1", "-d", "dataset", "-b", "4"]
    for argv in (
            ["aml-downsample", "-q", "-s", "12", with_classes, "-o", "dataset", "cells"],
            ["aml-downsample", "-q", "-s", "12", "-t", "u1", "--packed", with_classes, "-o", "packed", "cells"],
            ["aml-init", "--size=12", with_classes, "start.npz"],
            train + ["--log", "log.tsv", "-e", "20", "start.npz", "model.npz"],
            train + ["-s", "1", "start.npz", "a.npz"],
            train + ["-s", "2", "start.npz", "b.npz"],
            train + ["--checkpoint", "half.ckpt", "--log", "half.tsv", "-e", "1", "start.npz", "half.npz"],
            ["aml-eval", "-q", "-j1", "-d", "dataset", "-p", "predictions.tsv", "model.npz", "eval.json"],
            ["aml-eval", "-q", "-j1", "-d", "dataset", "-p", "others.tsv", "a.npz", "other.json"],
            ["aml-fedavg", "-q", "-j1", "--previous", "start.npz", "--server-opt=adam", "--state", "state", "-o", "mean.npz",
             "a.npz", "b.npz"],
            train + ["-s", "3", "mean.npz", "c.npz"],
            train + ["-s", "4", "mean.npz", "d.npz"],
            ["aml-delta", "-p", "start.npz", "model.npz", "small"],
            ["aml-score", "--share", "-o", "shared.tsv", "predictions.tsv"],
            ["aml-confmat", "--counts", "-o", "counts.tsv", "predictions.tsv"],
            ["aml-export", "-f", "savedmodel", "-o", "models", "a.npz"]):
        subprocess.run(argv, cwd=folder, env=environment(), check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _tables(folder)
    return folder


# ---- the jobs ----

def _images():
    resize = ("aml-downsample", "-q", "-s", "12")
    yield Job("downsample", resize + ("-j1", "-o", "out", "cells"), ("cells",), ("out",), ("out",))
    yield Job("downsample-packed", resize + ("-j2", "-t", "u1", "--packed", "-o", "out", "cells"), ("cells",), ("out",), ("out",))
    yield Job("downsample-keep-going", resize + ("-j1", "-k", "-o", "out", "mixed"), ("mixed",), ("out",), ("out",))
    for kind in "tiff", "png", "jpg":
        yield Job("downsample-" + kind, ("aml-downsample", "-s", "12", "cell." + kind), ("cell." + kind,))
    split = ("aml-partition", "-q", "-n", "2")
    yield Job("partition", split + ("dataset", "out"), ("dataset",), ("out",))
    yield Job("partition-copy", split + ("--copy", "-S", "folds", "dataset", "out"), ("dataset",), ("out",))
    yield Job("partition-groups", split + ("--groups", "patients.tsv", "dataset", "out"), ("dataset", "patients.tsv"), ("out",))
    yield Job("partition-move", split + ("--move", "dataset", "out"), ("dataset",), ("out", "dataset"), ("dataset",))
    yield Job("partition-packed", split + ("-S", "stratified", "packed", "out"), ("packed",), ("out",))


def _training():
    train = ("aml-train", "-q", "-b", "4", "-d")
    yield Job("init", ("aml-init", "--size=12", "--classes=3", "out.npz"), (), ("out.npz",))
    yield Job("init-stdout", ("aml-init", "--size=12", "--classes=3"))
    yield Job("train", train + ("dataset", "-j1", "start.npz", "out.npz"), ("dataset", "start.npz"), ("out.npz",))
    yield Job("train-replaces", train + ("packed", "-j2", "--augment=rotate", "--class-weight=balanced", "--bn=exact",
                                         "--proximal=0.1", "start.npz", "model.npz"),
              ("packed", "start.npz", "model.npz"), ("model.npz",))
    resume = train + ("dataset", "-j1", "--checkpoint", "half.ckpt", "--log", "half.tsv", "-e", "3", "start.npz", "out.npz")
    yield Job("train-checkpoint", resume, ("dataset", "start.npz"), ("out.npz", "half.ckpt", "half.tsv"), ("half.ckpt", "half.tsv"))
    yield Job("train-resumes", resume, ("dataset", "start.npz", "half.ckpt", "half.tsv"), ("out.npz", "half.ckpt", "half.tsv"),
              ("half.ckpt", "half.tsv"))
    yield Job("train-best", train + ("dataset", "-j1", "--keep=best", "-e", "2", "start.npz", "out.npz"),
              ("dataset", "start.npz"), ("out.npz",))


def _running():
    files = ("dataset", "model.npz")
    yield Job("eval", ("aml-eval", "-q", "-j1", "-d", "dataset", "model.npz"), files)
    yield Job("eval-writes", ("aml-eval", "-q", "-j2", "-d", "dataset", "-p", "out.tsv", "model.npz", "out.json"), files,
              ("out.tsv", "out.json"))
    images = ("cell.tiff", "cell.png", "cell.jpg")
    yield Job("predict", ("aml-predict", "-j1", "-k3", "model.npz") + images, ("model.npz",) + images, parts=True)
    yield Job("predict-names", ("aml-predict", "-j2", "--json", "model.npz", "-"), ("model.npz",) + images, parts=True, stdin="names")
    yield Job("explain", ("aml-explain", "-q", "-o", "out.png", "model.npz", "cell.png"), ("model.npz", "cell.png"), ("out.png",))
    yield Job("explain-map", ("aml-explain", "-q", "-o", "out.npy", "model.npz", "cell.tiff"), ("model.npz", "cell.tiff"),
              ("out.npy",))
    serve = ("aml-serve", "--log", "/dev/null", "-m", "m=model.npz")
    cgi = {"GATEWAY_INTERFACE": "CGI/1.1", "HTTP_X_REQUEST_ID": "x"}
    yield Job("serve-about", serve, ("model.npz",), answers=True, env=cgi | {"REQUEST_METHOD": "GET", "PATH_INFO": "/about"})
    yield Job("serve-cells", serve, ("model.npz",), answers=True, stdin="cell.png",
              env=cgi | {"REQUEST_METHOD": "POST", "PATH_INFO": "/cells", "CONTENT_LENGTH": str(CELLS["png"].stat().st_size)})


def _federation():
    mean = ("aml-fedavg", "-q", "-o", "out.npz")
    models = ("a.npz", "b.npz")
    yield Job("fedavg", mean + ("-j1", "-w", "1,2") + models, models, ("out.npz",))
    yield Job("fedavg-stdout", ("aml-fedavg", "-q", "-j2", "-m", "median") + models, models)
    yield Job("fedavg-state", mean + ("-j1", "--previous", "mean.npz", "--server-opt=adam", "--state", "state", "c.npz", "d.npz"),
              ("c.npz", "d.npz", "mean.npz", "state"), ("out.npz", "state"))
    yield Job("fedavg-pool", mean + ("-j2", "--bn=pool") + models, models, ("out.npz",))
    yield Job("delta", ("aml-delta", "-p", "start.npz", "model.npz", "out"), ("start.npz", "model.npz"), ("out",))
    yield Job("delta-extract", ("aml-delta", "-x", "-p", "start.npz", "small", "out"), ("start.npz", "small"), ("out",))
    yield Job("export-onnx", ("aml-export", "-f", "onnx", "-o", "out.onnx", "model.npz"), ("model.npz",), ("out.onnx",))
    yield Job("export", ("aml-export", "-f", "savedmodel", "-o", "out", "model.npz"), ("model.npz",), ("out",))
    yield Job("export-replaces", ("aml-export", "-f", "savedmodel", "-o", "models", "model.npz"), ("model.npz", "models"),
              ("models",))


def _scores():
    table = ("predictions.tsv",)
    both = table + ("others.tsv",)
    yield Job("confmat", ("aml-confmat", "--report") + table, table)
    yield Job("confmat-svg", ("aml-confmat", "-o", "out.svg", "counts.tsv"), ("counts.tsv",), ("out.svg",))
    yield Job("confmat-png", ("aml-confmat", "-o", "out.png") + table, table, ("out.png",))
    yield Job("score", ("aml-score", "-g", "blood=BAS,EOS") + table, table)
    yield Job("score-patients", ("aml-score", "-j2", "--json", "--resamples=100", "--patients=patients.tsv", "--groups=groups.tsv",
                                 "--tolerant=tolerant.tsv", "-o", "out.json") + table,
              table + ("patients.tsv", "groups.tsv", "tolerant.tsv"), ("out.json",))
    yield Job("score-share", ("aml-score", "--share", "--min-cell=2", "-o", "out.tsv") + table, table, ("out.tsv",))
    yield Job("score-tsv", ("aml-score", "--tsv", "shared.tsv"), ("shared.tsv",))
    yield Job("curve", ("aml-curve", "log.tsv"), ("log.tsv",))
    yield Job("curve-svg", ("aml-curve", "-o", "out.svg", "log.tsv", "half.tsv"), ("log.tsv", "half.tsv"), ("out.svg",))
    yield Job("roc", ("aml-roc", "--class=BAS") + both, both)
    yield Job("roc-png", ("aml-roc", "--group=blood", "--groups=groups.tsv", "--curve=pr", "-o", "out.png") + table,
              table + ("groups.tsv",), ("out.png",))
    yield Job("calibrate", ("aml-calibrate", "-o", "out.svg") + table + ("model.npz", "out.npz"), table + ("model.npz",),
              ("out.svg", "out.npz"))
    yield Job("compare", ("aml-compare", "-j1", "--resamples=100") + both, both)
    yield Job("compare-patients", ("aml-compare", "-j2", "--resamples=100", "--json", "--patients=patients.tsv",
                                   "-o", "out.json") + both, both + ("patients.tsv",), ("out.json",))


def _reports():
    table = ("predictions.tsv",)
    yield Job("report", ("aml-report", "-q", "-o", "out.html") + table, table, ("out.html",))
    yield Job("report-all", ("aml-report", "-q", "-j1", "-d", "dataset", "-m", "model.npz", "--trail=start.npz", "--log=log.tsv",
                             "--resamples=100", "--patients=patients.tsv", "--groups=groups.tsv", "--tolerant=tolerant.tsv",
                             "-o", "out.html") + table,
              table + ("dataset", "model.npz", "start.npz", "log.tsv", "patients.tsv", "groups.tsv", "tolerant.tsv"), ("out.html",))
    everything = ("model.npz", "dataset", "packed", "half.ckpt", "state", "small")
    yield Job("info", ("aml-info",) + everything, everything, parts=True)
    yield Job("info-json", ("aml-info", "--json") + everything, everything, parts=True)
    yield Job("info-trail", ("aml-info", "--trail", "mean.npz", "a.npz", "b.npz", "start.npz"),
              ("mean.npz", "a.npz", "b.npz", "start.npz"))


def jobs():
    """All jobs, in a fixed order."""
    for some in _images, _training, _running, _federation, _scores, _reports:
        yield from some()


# ---- a folder for a job ----

def _copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _look(path):
    st = path.lstat()
    if stat.S_ISLNK(st.st_mode):
        return "link", 0, os.readlink(path)
    if stat.S_ISDIR(st.st_mode):
        return "folder", stat.S_IMODE(st.st_mode), None
    return "file", stat.S_IMODE(st.st_mode), path.read_bytes()


class Place:
    """A folder with the files of a job, removed at the end."""

    def __init__(self, job, prepared):
        self.job, self.prepared = job, prepared

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aml-faults."))
        for name in self.job.files:
            _copy(self.prepared / name, self.folder / name)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def state(self):
        return {str(p.relative_to(self.folder)): _look(p) for p in sorted(self.folder.rglob("*"))}

    def run(self, before=(), env=()):
        """Runs the job, with the words BEFORE in front and ENV besides the job's; ends its whole group if it hangs."""
        argv = [*before, str(BIN / self.job.argv[0]), *self.job.argv[1:]]
        with open(self.prepared / self.job.stdin if self.job.stdin else os.devnull, "rb") as stdin, \
                subprocess.Popen(argv, cwd=self.folder, env=environment(self.job.env) | dict(env), stdin=stdin,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as p:
            try:
                out, err = p.communicate(timeout=PATIENCE)
                return Result(p.returncode, out, err)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                out, err = p.communicate()
                return Result(None, out, err)
