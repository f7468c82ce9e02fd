"""Lets system calls of each job fail, by strace: calls.py [JOB]...

Each call on files that a job makes after its start fails once, with an error that is possible for it; of many of a kind a
sample spread over the run does. For some of them the job runs again while all after it fail, too, and where a signal may
interrupt the call every second one of the rest is interrupted.
Prints what was wrong, and how many were injected. FAULTS=N in the environment: at most N of a call in a job, 3 otherwise.
Where nothing may be traced it says so; TRACING=required makes that a failure. Short reads and writes: short.py.
"""
import collections, dataclasses, errno, os, random, re, shutil, subprocess, sys, tempfile
import jobs, oracle, runner

MOST = int(os.environ.get("FAULTS") or 3)
SHARE_ONWARD = 3                        # of the faults that fail once, one in so many also fails from then on
LOOKS = "EIO EACCES ENOMEM"
MAKES = "EIO ENOSPC EACCES"
ERRORS = {
    "openat": "EIO EMFILE ENFILE EACCES ENOMEM EINTR", "read": "EIO EINTR", "pread64": "EIO EINTR", "readv": "EIO EINTR",
    "write": "EIO ENOSPC EDQUOT EINTR", "pwrite64": "EIO ENOSPC EINTR", "writev": "EIO ENOSPC EINTR", "lseek": "EIO",
    "fstat": "EIO ENOMEM", "newfstatat": LOOKS, "statx": LOOKS, "lstat": LOOKS, "stat": LOOKS, "access": LOOKS,
    "faccessat": LOOKS, "faccessat2": LOOKS, "readlink": LOOKS, "readlinkat": LOOKS, "getcwd": "EIO", "getdents64": "EIO",
    "mmap": "ENOMEM", "ftruncate": "EIO EINTR", "fallocate": "EIO ENOSPC EINTR", "fsync": "EIO ENOSPC EINTR",
    "fdatasync": "EIO ENOSPC EINTR", "syncfs": "EIO ENOSPC", "sync_file_range": "EIO", "copy_file_range": "EIO ENOSPC",
    "rename": MAKES, "renameat": MAKES, "renameat2": MAKES, "link": MAKES, "linkat": MAKES, "symlink": MAKES, "mkdir": MAKES,
    "mkdirat": MAKES, "unlink": "EIO EACCES", "unlinkat": "EIO EACCES", "rmdir": "EIO EACCES", "fchmod": "EIO EPERM",
    "fchmodat": "EIO EPERM", "chmod": "EIO EPERM", "fchown": "EIO EPERM", "chown": "EIO EPERM", "fchownat": "EIO EPERM",
    "utimensat": "EIO", "close": "EIO", "fcntl": "EMFILE", "flock": "EIO EINTR ENOLCK", "dup": "EMFILE", "dup2": "EMFILE",
    "dup3": "EMFILE", "pipe2": "EMFILE ENFILE",
}
REMOVES = "unlink", "unlinkat", "rmdir"
WRITES = "write", "writev"
STAYS = b": is left, and cannot be removed: "
CALL = re.compile(r"^\d+ +(\w+)\((.*)")


def strace(trace, *more):
    return ["strace", "-f", "-qq", "-o", trace, "-e", "trace=" + ",".join("?" + c for c in ERRORS), "-e", "signal=none", *more]


def may_trace():
    return shutil.which("strace") and \
        subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True).returncode == 0


def count_calls(lines):
    """Of each call how many the first thread makes before main, and in all. Tools begin with a look at descriptors 0 to 2."""
    first, count, before = None, collections.Counter(), None
    for line in lines:
        found = CALL.match(line)
        first = first or line.split()[0]
        if not found or line.split()[0] != first:
            continue
        if before is None and found[1] == "fcntl" and found[2].startswith("0, F_GETFD"):
            before = collections.Counter(count)
        count[found[1]] += 1
    return before, count


def begin(job, prepared):
    with jobs.Place(job, prepared) as place, tempfile.NamedTemporaryFile("r", prefix="aml-faults.") as trace:
        before = place.state()
        result = place.run(strace(trace.name))
        if result.status != 0:
            sys.exit("%s: exit %s undisturbed: %s" % (job.name, result.status, result.err.decode()))
        early, count = count_calls(trace)
        if early is None:
            sys.exit("%s: strace shows no beginning" % job.name)
        return oracle.Good(job, before, result, place.state()), list(cases(job, early, count))


class Case(tuple):
    def __str__(self):
        return "%s=%s at %s" % self


def cases(job, early, count):
    """Case (call, error, which): "3" is the third alone, "3+" all from it on, "3+2" every second one."""
    draw = random.Random("%s %s" % (runner.SEED, job.name))
    for call in sorted(count):
        for i, n in enumerate(runner.places(count[call] - early[call], MOST)):
            error, which = draw.choice(ERRORS[call].split()), str(n + early[call])
            yield Case((call, error, which))
            if i % SHARE_ONWARD == 0:
                yield Case((call, error, which + ("+2" if error == "EINTR" else "+")))


def truths(error):
    words = [os.strerror(getattr(errno, error)).encode()]
    return words + [b"out of memory"] if error == "ENOMEM" else words


def lines_to_judge(job, err, error, onward):
    """The lines of ERR, without those that may stand beside the one that tells the cause: onward, each operand has its own."""
    lines = err.splitlines()
    also = STAYS, (b": standard output: " if onward else STAYS)
    told = [line for line in lines if not any(a in line for a in also)] or lines[:1]
    true = [line for line in told if any(t in line for t in truths(error))]
    return told[:1] if job.parts and onward and told == true else told


def take_away(good, place, err):
    """What the tool says that it could not remove."""
    named = [line.split(STAYS)[0].split(b": ", 1)[1] for line in err.splitlines() if STAYS in line]
    for name in place.state():
        if name.encode() in named and name not in good.before and name not in good.after:
            path = place.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def judge(good, place, result, case):
    """What is wrong. Where files cannot be removed any more they may stay, if the tool says so."""
    call, error, which = case
    onward = "+" in which
    if result.status and (onward or call in REMOVES):
        take_away(good, place, result.err)
    told = b"\n".join(lines_to_judge(good.job, result.err, error, onward))
    silent = onward and call in WRITES and not result.err       # stderr, too, takes nothing
    state = place.state()
    wrong = [w for w in oracle.complaints(good, dataclasses.replace(result, err=told), state, truths(error))
             if not (silent and w == "0 lines on stderr")]
    if result.status and state != good.before:
        wrong += oracle.rerun_complaints(good, place.run(), place.state())
    return wrong


def inject(good, prepared, case):
    """What is wrong, and the words of the run; None: the call was not made this time."""
    with jobs.Place(good.job, prepared) as place, tempfile.NamedTemporaryFile("r", prefix="aml-faults.") as trace:
        result = place.run(strace(trace.name, "--inject=%s:error=%s:when=%s" % case))
        if "(INJECTED)" not in trace.read():
            return None
        return judge(good, place, result, case), result.err


def main(names):
    if not may_trace():
        print("strace is not there, or may not trace: no system call was made to fail")
        return os.environ.get("TRACING") == "required"
    return runner.inject_all(names, begin, inject, "failing system calls")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
