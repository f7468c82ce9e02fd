"""Lets each read and write of each job do half of what is asked: short.py LIBRARY [JOB]...

LIBRARY is short_io.c, built to be preloaded. Nothing has failed then: every job ends as it does undisturbed. Only the service,
whose log takes lines whole, so that several processes can share it, may say that it is not at work.
Prints what was wrong, and how many calls were short.
"""
import os, struct, sys, tempfile
import jobs


def run(place, library):
    """The result, and the number of calls that were short."""
    with tempfile.NamedTemporaryFile(prefix="aml-faults.", suffix=".count") as count:
        count.write(bytes(8))
        count.flush()
        result = place.run(env={"LD_PRELOAD": library, "SHORT_IO_FILE": count.name})
        count.seek(0)
        return result, struct.unpack("L", count.read(8))[0]


def is_same(job, prepared, library):
    """Does the job end the same? And the number of short calls, and its words."""
    with jobs.Place(job, prepared) as plain, jobs.Place(job, prepared) as place:
        want = plain.run()
        result, short = run(place, library)
        same = result == want or job.answers and result.status == 0 and result.out.startswith(b"Status: 50")
        return same and want.status == 0 and place.state() == plain.state(), short, result.err


def main(library, names):
    library = os.path.abspath(library)
    short = bad = 0
    with tempfile.TemporaryDirectory(prefix="aml-faults.") as folder:
        prepared = jobs.prepare(folder)
        chosen = [j for j in jobs.jobs() if not names or j.name in names]
        for job in chosen:
            same, n, err = is_same(job, prepared, library)
            if not same or not n:
                print("%s: %s: %s" % (job.name, "ends otherwise" if n else "no call was short", err.decode("utf-8", "replace").strip()))
            bad += not same or not n
            short += n
    print("%d jobs: %d short reads and writes, %d wrong" % (len(chosen), short, bad))
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
