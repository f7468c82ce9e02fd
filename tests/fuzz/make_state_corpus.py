"""Writes corpus/checkpoint and corpus/server_state, of the networks that their targets know. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import io, json, os, struct, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
STATISTICS = 12, 13
# 10 x 10 x 1, one filter each, one unit, two classes
SHAPES = [(3, 3, 1, 1), (1,)] * 4 + [(1, 1)] + [(1,)] * 5 + [(1, 2), (2,)]


def array(shape, value=.25, descr="<f4", fortran=False):
    n = 1
    for side in shape: n *= side
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %r, }" % (descr, fortran, tuple(shape))
    text += " " * (-(len(text) + 11) % 64) + "\n"
    data = struct.pack("<%d%s" % (n, {"<f4": "f", "<f8": "d", "|u1": "B"}[descr]), *[value] * n)
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode() + data


def put(kind, name, members, comment, method=zipfile.ZIP_STORED, cut=None):
    os.makedirs(os.path.join(HERE, "corpus", kind), exist_ok=True)
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", method) as z:
        for key, data in members.items(): z.writestr(zipfile.ZipInfo(key + ".npy"), data, method)
        z.comment = comment if isinstance(comment, bytes) else json.dumps(comment).encode()
    with open(os.path.join(HERE, "corpus", kind, name), "wb") as f: f.write(b.getvalue()[:cut])


def sets(*prefixes):
    return {p + str(k): array(s) for p in prefixes for k, s in enumerate(SHAPES)
            if p in ("", "best") or k not in STATISTICS}


def changed(members, **change):
    """Members of a good file but for these: '_0' is array "0"; None removes."""
    m = dict(members)
    for name, data in change.items():
        name = name.lstrip("_")
        if data is None: del m[name]
        else: m[name] = data
    return m


def checkpoints():
    facts = {"tool": "aml-train checkpoint", "kernels": "blas", "run": {"seed": 4, "rate": .001}, "epoch": 3,
             "batch": 17, "steps": 5000000000, "loss_sum": 12.5, "correct": 123, "seen": 456, "best_loss": .1,
             "log_bytes": 789, "loss": .5, "accuracy": .5, "valid_loss": .5, "valid_accuracy": .5}
    best = sets("", "m", "v", "best")
    def c(name, members=best, method=zipfile.ZIP_STORED, cut=None, **change):
        f = {k: v for k, v in {**facts, **change}.items() if v is not Ellipsis}
        put("checkpoint", name, members, f, method, cut)
    c("good-best")
    c("good-deflated", method=zipfile.ZIP_DEFLATED)
    c("good-no-best", sets("", "m", "v"), best_loss=None)
    c("good-other-kernels", kernels="avx2")
    c("good-no-log", log_bytes=-1)
    c("odd-more-facts", run={"seed": 4, "rate": .001, "more": [1]}, more={})
    c("odd-no-results", loss=None, accuracy=..., valid_loss="x", valid_accuracy=[])
    c("odd-f8", changed(best, _0=array(SHAPES[0], descr="<f8")))
    c("odd-fortran", changed(best, _0=array(SHAPES[0], fortran=True)))
    c("odd-shape", changed(best, _0=array((9,))))
    c("odd-nan", changed(best, m3=array(SHAPES[3], float("nan"))))
    c("bad-no-run", {}, run=...)
    c("bad-run", {}, run=[4])
    c("bad-other-run", {}, run={"seed": 5, "rate": .001})
    c("bad-no-rate", {}, run={"seed": 4})
    c("bad-no-epoch", {}, epoch=...)
    c("bad-epoch", {}, epoch=-1)
    c("bad-epoch-huge", {}, epoch=2 ** 32)
    c("bad-epoch-half", {}, epoch=.5)
    c("bad-batch", {}, batch=2 ** 62)
    c("bad-steps", {}, steps=2 ** 63)
    c("bad-no-loss", {}, loss_sum=None)
    c("bad-seen", {}, seen=-7)
    c("bad-no-best", sets("", "m", "v"))
    c("bad-missing", changed(best, v15=None))
    c("bad-count", changed(best, best8=array((2, 1))))
    c("bad-cut", cut=3000)
    put("checkpoint", "bad-empty", {}, b"", cut=0)
    put("checkpoint", "bad-no-facts", {}, b"")
    put("checkpoint", "bad-facts", {}, b'{"run": {')
    put("checkpoint", "bad-array", {}, b'["run"]')


def server_states():
    facts = {"tool": "aml-fedavg", "server_opt": "adam", "model": "abc"}
    both = sets("m", "v")
    def s(name, members=both, method=zipfile.ZIP_STORED, cut=None, **change):
        put("server_state", name, members, {**facts, **change}, method, cut)
    s("good-state")
    s("good-deflated", method=zipfile.ZIP_DEFLATED)
    s("good-zeros", changed(both, m0=array(SHAPES[0], 0), v0=array(SHAPES[0], -0.)))
    s("odd-shape", changed(both, m0=array((9,))))
    s("odd-one-more", changed(both, more=array((1,))))
    s("bad-rule", server_opt="yogi")
    s("bad-model", model="abd")
    s("bad-type", model=7)
    s("bad-missing", changed(both, v15=None))
    s("bad-count", changed(both, m8=array((2, 1))))
    s("bad-f8", changed(both, m8=array((1, 1), descr="<f8")))
    s("bad-u1", changed(both, v1=array((1,), 1, "|u1")))
    s("bad-nan", changed(both, m9=array((1,), float("nan"))))
    s("bad-inf", changed(both, v9=array((1,), float("inf"))))
    s("bad-negative", changed(both, v9=array((1,), -1e-30)))
    s("bad-cut", cut=2000)
    put("server_state", "bad-empty", {}, b"", cut=0)
    put("server_state", "bad-no-facts", both, b"")
    put("server_state", "bad-facts", both, b"[]")


checkpoints()
server_states()
