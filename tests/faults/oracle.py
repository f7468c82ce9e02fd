"""What may come of a run into which a fault was injected, and what may not."""

UNTRUE = (b"damaged", b"not a ", b"neither", b"no such", b"missing", b"is not there")


class Good:
    """An undisturbed run of a job: the folder BEFORE and AFTER it, and its RESULT."""

    def __init__(self, job, before, result, after):
        self.job, self.before, self.result, self.after = job, before, result, after


def _is_within(name, places):
    return any(name == p or name.startswith(p + "/") for p in places)


def folder_complaints(good, state):
    """Every file is the old or the new one; one that passes through stages may be in between."""
    wrong = {}
    for name in sorted(good.before.keys() | good.after.keys() | state.keys()):
        got, old, new = state.get(name), good.before.get(name), good.after.get(name)
        if got in (old, new) or _is_within(name, good.job.stages):
            continue
        if old is None and new is None:
            kind = "left"
        elif _is_within(name, good.job.outputs):
            kind = "half-written"
        else:
            kind = "touched"
        wrong.setdefault(kind, []).append(name)
    for kind, names in wrong.items():
        yield "%s: %s" % (kind, " ".join(names)[:200])


def _words_complaints(good, result, truths):
    """One line that says whose it is and what is true; what the undisturbed run says may stand above it."""
    said = good.result.err.splitlines()
    lines = [line for line in result.err.splitlines() if line not in said]
    if len(lines) != 1:
        yield "%d lines on stderr" % len(lines)
        return
    if not lines[0].startswith(good.job.argv[0].encode() + b": "):
        yield "no name of the tool"
    if not any(t in lines[0] for t in truths) or any(u in lines[0] for u in UNTRUE):
        yield "untrue"


def complaints(good, result, state, truths):
    """All that is wrong with RESULT and the STATE of the folder; TRUTHS: what its message may have as the cause."""
    if result.status is None:
        yield "hangs"
    elif result.status < 0:
        yield "signal %d" % -result.status
    elif result.status == 0 and good.job.answers and result.out.startswith(b"Status: 50"):
        if not any(t in result.out + result.err for t in truths):
            yield "untrue"
    elif result.status == 0:
        if result.out != good.result.out or state != good.after:
            yield "exit 0 with other bytes"
        if result.err != good.result.err:
            yield "exit 0 with other words"
    elif result.status != 1:
        yield "exit %d" % result.status
    if result.status == 0:
        return
    if not good.job.parts and not good.result.out.startswith(result.out):
        yield "other output"
    yield from _words_complaints(good, result, truths)
    yield from folder_complaints(good, state)


def rerun_complaints(good, result, state):
    """The same command again, undisturbed, ends as if there had been no fault."""
    if result.status != 0:
        yield "the same command again: exit %s: %s" % (result.status, result.err.decode("utf-8", "replace").strip()[:200])
    differ = sorted(n for n in state.keys() | good.after.keys() if state.get(n) != good.after.get(n))
    if differ:
        yield "the same command again leaves others: " + " ".join(differ)[:200]
