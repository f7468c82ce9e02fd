"""What the tests in this folder share: TAP, a scratch folder, the tools, a small tree of images."""
import atexit, os, pathlib, shutil, subprocess, sys, tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
CODES = "BAS EBO EOS KSC LYA LYT MMZ MOB MON MYB MYO NGB NGS PMB PMO".split()
count = failed = 0

scratch = tempfile.mkdtemp(prefix="aml-peers.")
atexit.register(shutil.rmtree, scratch, ignore_errors=True)
os.chdir(scratch)


def ok(passed, what, *more):
    """One line of TAP; MORE is shown where it failed."""
    global count, failed
    count += 1
    failed += not passed
    print(("ok" if passed else "not ok"), count, "-", what, flush=True)
    if not passed:
        for m in more:
            print("#  ", *str(m).splitlines(), sep=" ", flush=True)
    return passed


def near(got, want, limit, what):
    """The largest difference is at most LIMIT."""
    import numpy as np
    worst = float(np.max(np.abs(np.asarray(got, "f8") - np.asarray(want, "f8")), initial=0))
    return ok(worst <= limit, "%s: differs by %.2g, allowed %.2g" % (what, worst, limit))


def skip(what, why):
    global count
    count += 1
    print("ok", count, "-", what, "# skip", why, flush=True)


def run(*command, **more):
    """The standard output of COMMAND, as bytes. It must succeed."""
    p = subprocess.run([str(c) for c in command], capture_output=True, **more)
    if p.returncode:
        sys.exit("%s: exit %d\n%s" % (" ".join(map(str, command)), p.returncode, p.stderr.decode(errors="replace")))
    return p.stdout


def python(script, *arguments):
    return run(sys.executable, TOP / "tests/peers" / script, *arguments)


def cells(target, each, codes=("BAS", "EOS", "LYT", "NGS")):
    """A tree of EACH images of every class, from the demo's."""
    for code in codes:
        os.makedirs(os.path.join(target, code))
        for f in sorted((TOP / "examples/demo-cells" / code).iterdir())[:each]:
            shutil.copy(f, os.path.join(target, code))


def end():
    print("1..%d" % count)
    sys.exit(failed > 0)
