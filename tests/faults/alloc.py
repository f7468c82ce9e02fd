"""Lets each allocation of each job fail in turn: alloc.py LIBRARY [JOB]...

LIBRARY is alloc_fault.c, built to be preloaded. Of a job with many allocations, a sample spread over the run fails.
Prints what was wrong, and how many were injected. FAULTS=N in the environment: at most N of a job fail, 80 otherwise,
and for every fourth of them the job runs again while all after it fail, too.
"""
import functools, os, struct, sys, tempfile
import jobs, oracle, runner

MOST = int(os.environ.get("FAULTS") or 80)
SHARE_ONWARD = 4                        # of the faults that fail once, one in so many also fails from then on
TRUTHS = (b"out of memory", b"Cannot allocate memory")


class Case(dict):
    """The words for alloc_fault.c."""

    def __str__(self):
        return " ".join("%s=%s" % item for item in self.items())


def run(place, library, case=()):
    """The result, the number of allocations, and the number of those that failed."""
    with tempfile.NamedTemporaryFile(prefix="aml-faults.", suffix=".counts") as counts:
        counts.write(bytes(16))
        counts.flush()
        env = {"LD_PRELOAD": library, "ALLOC_FAULT_FILE": counts.name}
        result = place.run(env=env | {"ALLOC_FAULT_" + k: str(v) for k, v in dict(case).items()})
        counts.seek(0)
        return (result, *struct.unpack("LL", counts.read(16)))


def begin(library, job, prepared):
    with jobs.Place(job, prepared) as place:
        before = place.state()
        result, calls, _ = run(place, library)
        if result.status != 0:
            sys.exit("%s: exit %s undisturbed: %s" % (job.name, result.status, result.err.decode()))
        return oracle.Good(job, before, result, place.state()), cases(calls)


def inject(library, good, prepared, case):
    """What is wrong, and the words of the run; None: there were fewer allocations this time."""
    with jobs.Place(good.job, prepared) as place:
        result, _, refused = run(place, library, case)
        if not refused:
            return None
        state = place.state()
        wrong = list(oracle.complaints(good, result, state, TRUTHS))
        if result.status and state != good.before:
            wrong += oracle.rerun_complaints(good, place.run(), place.state())
        return wrong, result.err


def cases(calls):
    once = runner.places(calls, MOST)
    return [Case(AT=n) for n in once] + [Case(AT=n, ONWARD=1) for n in once[::SHARE_ONWARD]]


def main(library, names):
    library = os.path.abspath(library)
    return runner.inject_all(names, functools.partial(begin, library), functools.partial(inject, library), "failing allocations")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
