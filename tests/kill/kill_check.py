"""Kills jobs at many moments and runs them again: kill_check.py [-n MOMENTS] [-s SEED] [JOB...]

Half of the moments are before a system call that changes files or stands between two that do (strace --inject), no call
twice, the others at random times. After SIGKILL the inputs must be as they were, every result whole, old or new, and
every image somewhere; the same command then must exit 0 and leave what an undisturbed run leaves, to the byte, and
nothing beside it. SIGTERM and SIGINT must also end the process by the signal and leave nothing temporary. Speaks TAP.
The jobs are those of tests/faults.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from jobs import Place, jobs, prepare   # noqa: E402
from oracle import Good, folder_complaints, rerun_complaints    # noqa: E402

KILLED = ["downsample", "downsample-packed", "partition", "partition-copy", "partition-move", "partition-packed",
          "train-checkpoint", "train-resumes", "fedavg-state", "export", "export-replaces", "delta"]
CALLS = ["open", "openat", "creat", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir",
         "mkdirat", "rmdir", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "syncfs", "sync_file_range", "close",
         "flock", "fchmod", "fchown", "exit_group"]
LIBRARIES = re.compile(r'"/(etc|lib|lib64|usr|proc|sys)/')
TEMPORARY = re.compile(r"\.aml-\w{6}(/|$)|\.lock$")
KINDS = [("SIGKILL", 1.0), ("SIGTERM", 0.4), ("SIGINT", 0.4)]   # and how often of each MOMENTS
SAVED = 75                              # aml-train with a checkpoint, by SIGTERM


class Trial:
    """A job as it runs undisturbed: before, after, how long, by which system calls."""

    def __init__(self, job, prepared):
        self.job, self.prepared = job, prepared
        with Place(job, prepared) as place:
            time.sleep(.02)             # the pictures are older than the dataset, by the disk's clock too
            before, begin = place.state(), time.monotonic()
            result = place.run()
            self.seconds = time.monotonic() - begin
            self.good = Good(job, before, result, place.state())
        assert result.status == 0, result.err
        self.calls = self.record()

    def record(self):
        """(name, the how manieth of this name), but for those of the loader."""
        calls, count = [], {}
        with Place(self.job, self.prepared) as place, tempfile.NamedTemporaryFile("r", errors="replace") as log:
            place.run(("strace", "-f", "-o", log.name, "-e", "trace=" + ",".join("?" + c for c in CALLS)))
            for line in log:
                match = re.match(r"\d+ +([a-z_0-9]+)\(", line)
                if match:
                    name = match.group(1)
                    count[name] = count.get(name, 0) + 1
                    if not LIBRARIES.search(line):
                        calls.append((name, count[name]))
        return calls

    def moments(self, number, seed):
        rng = random.Random(seed)
        calls = rng.sample(self.calls, min(number // 2, len(self.calls)))
        return calls + [rng.uniform(.0005, 1.2 * self.seconds) for _ in range(number - len(calls))]


def kill_at(moment, name):
    """The words in front of the command."""
    if isinstance(moment, tuple):
        call, when = moment
        return ("strace", "-f", "-o", "/dev/null", "-e", "trace=" + call,
                "-e", "inject=%s:signal=%s:when=%d" % (call, name, when))
    return "timeout", "--foreground", "--preserve-status", "-s", name, "%.6f" % moment


def images(state):
    """The images in the dataset and in the partitions that are in place."""
    return {look[2] for name, look in state.items()
            if re.match(r"(dataset|out)/(.*/)?data_singlets/.*\.npy$", name) and not TEMPORARY.search(name)}


def state_complaints(trial, state, name):
    """Of what a signal left."""
    temporary = [n for n in state if TEMPORARY.search(n)]
    if name != "SIGKILL" and temporary:
        yield "left: " + temporary[0]
    yield from folder_complaints(trial.good, {n: look for n, look in state.items() if n not in temporary})
    if trial.job.name.startswith("partition"):
        lost = images(trial.good.before) - images(state)
        if lost:
            yield "%d images are lost" % len(lost)


def status_complaints(trial, status, name):
    number = getattr(signal, name)
    allowed = [0, -number, 128 + number] + [SAVED] * (name == "SIGTERM" and "--checkpoint" in trial.job.argv)
    if status not in allowed:
        yield "status %s" % status


def try_moment(trial, name, moment):
    """Returns whether the job was ended before its end, and what is wrong."""
    with Place(trial.job, trial.prepared) as place:
        time.sleep(.01)
        status = place.run(kill_at(moment, name)).status
        wrong = list(status_complaints(trial, status, name))
        wrong += state_complaints(trial, place.state(), name)
        again = place.run()
        wrong += rerun_complaints(trial.good, again, place.state())
    return status != 0, ["%s at %s: %s" % (name, moment, w) for w in wrong]


def report(count, trial, name, results):
    wrong = [w for _, some in results for w in some]
    ended = sum(ended for ended, _ in results)
    passed = not wrong and ended > 0
    print("%sok %d - %s: %s at %d moments, %d before the end" % (
        "" if passed else "not ", count, trial.job.name, name, len(results), ended))
    for w in wrong[:8]:
        print("#   " + w)
    sys.stdout.flush()
    return passed


def run_all(names, number, seed, prepared):
    count = failed = 0
    total = {name: 0 for name, _ in KINDS}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for trial in (Trial(job, prepared) for job in jobs() if job.name in names):
            for name, share in KINDS:
                moments = trial.moments(max(2, int(number * share)), "%s %s" % (seed, name))
                results = list(pool.map(lambda m, t=trial, n=name: try_moment(t, n, m), moments))
                count += 1
                total[name] += len(results)
                failed += not report(count, trial, name, results)
    print("# " + ", ".join("%d x %s" % (n, name) for name, n in total.items()))
    print("1..%d" % count)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("-n", "--moments", type=int, default=40)
    parser.add_argument("-s", "--seed", default="1")
    parser.add_argument("jobs", nargs="*", metavar="JOB", default=KILLED)
    a = parser.parse_args()
    if not shutil.which("strace"):
        sys.exit("Bail out! strace is not on PATH")
    for name, _ in KINDS[1:]:           # a shell ignores SIGINT for what it starts with &
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    print("# seed %s, %d moments" % (a.seed, a.moments))
    with tempfile.TemporaryDirectory(prefix="aml-kill.") as scratch:
        sys.exit(run_all(a.jobs or KILLED, a.moments, a.seed, prepare(scratch)) > 0)


if __name__ == "__main__":
    main()
