"""Runs each job again and again, each time with another fault."""
import concurrent.futures, os, random, tempfile
import jobs

SEED = 1
SHOWN = 5                               # cases of each kind that are printed in full


def places(calls, most):
    """At most MOST numbers from 1 to CALLS, one at random from each of MOST stretches of the same length."""
    if calls <= most:
        return list(range(1, calls + 1))
    draw = random.Random(SEED)
    return [draw.randrange(calls * i // most, calls * (i + 1) // most) + 1 for i in range(most)]


def _report(job, case, wrong, err, shown):
    for what in wrong:
        kind = job.name, what.split(":")[0]
        shown[kind] = shown.get(kind, 0) + 1
        if shown[kind] <= SHOWN:
            print("%s: %s: %s: %s" % (job.name, case, what, err.decode("utf-8", "replace").strip()[:300]), flush=True)


def inject_all(names, begin, inject, faults):
    """Returns the exit status: were all jobs, or those NAMES, good under all their FAULTS, "failing allocations"?

    begin(job, prepared)            the undisturbed run, oracle.Good, and the cases, whose str names them
    inject(good, prepared, case)    what is wrong, and the words of the run; None: no fault happened this time
    """
    injected = bad = 0
    shown = {}
    with tempfile.TemporaryDirectory(prefix="aml-faults.") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        prepared = jobs.prepare(folder)
        chosen = [j for j in jobs.jobs() if not names or j.name in names]
        for job in chosen:
            good, cases = begin(job, prepared)
            before = injected, bad
            for case, found in zip(cases, pool.map(lambda c: inject(good, prepared, c), cases)):
                if found is None:
                    continue
                injected += 1
                bad += bool(found[0])
                _report(job, case, *found, shown)
            print("%-24s %4d %s, %3d wrong" % (job.name, injected - before[0], faults, bad - before[1]), flush=True)
    print("%d jobs: %d %s, %d wrong" % (len(chosen), injected, faults, bad))
    return bad > 0 or not injected
