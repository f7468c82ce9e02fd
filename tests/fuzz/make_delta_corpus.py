"""Writes corpus/delta: differences from the parent of fuzz_delta.c. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import hashlib, io, json, os, struct, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
SHAPES = [(3, 3, 4, 3), (3,), (3, 3, 3, 2), (2,), (3, 3, 2, 3), (3,), (3, 3, 3, 2), (2,),
          (8, 5), (5,), (5,), (5,), (5,), (5,), (5, 3), (3,)]
STATISTICS = 12, 13


def count(shape):
    n = 1
    for s in shape: n *= s
    return n


def floats(*x): return struct.pack("<%df" % len(x), *x)


def parent(k): return floats(*(i % 7 / 8 for i in range(count(SHAPES[k]))))


def digest():
    h = hashlib.sha256()
    for k, shape in enumerate(SHAPES):
        h.update("".join("%d " % s for s in shape).encode() + b"\n" + parent(k))
    return h.hexdigest()


def npy(descr, shape, data):
    text = "{'descr': '%s', 'fortran_order': False, 'shape': %r, }" % (descr, tuple(shape))
    text += " " * (117 - len(text)) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + data


def members():
    """Name to bytes of a good file: every step is i mod 5 - 2, every scale a quarter."""
    m = {}
    for k, shape in enumerate(SHAPES):
        if k in STATISTICS:
            m[str(k)] = npy("<f4", shape, floats(*[1.5] * shape[0]))
            continue
        n = count(shape)
        m["%d.q" % k] = npy("|i1", shape, bytes((i % 5 - 2) & 255 for i in range(n)))
        m["%d.scale" % k] = npy("<f4", (n // shape[-1],), floats(*[.25] * (n // shape[-1])))
    return m


def facts(**change):
    delta = {"bits": 8, "from": digest(), "of": "0" * 64}
    delta.update(change)
    return json.dumps({"tool": "aml-delta", "num_examples": 3, "delta": delta}).encode()


def put(name, m, comment=None, method=zipfile.ZIP_DEFLATED, cut=None):
    f = io.BytesIO()
    with zipfile.ZipFile(f, "w", method) as z:
        for key, data in m.items():
            z.writestr(zipfile.ZipInfo(key + ".npy"), data, method)
        z.comment = facts() if comment is None else comment
    folder = os.path.join(HERE, "corpus", "delta")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out: out.write(f.getvalue()[:cut])


def changed(**change):
    m = members()
    for key, data in change.items():
        key = key.replace("_", ".")[1:]
        if data is None: del m[key]
        else: m[key] = data
    return m


def main():
    put("good-deflated", members())
    put("good-stored", members(), method=zipfile.ZIP_STORED)
    put("odd-order", dict(reversed(list(members().items()))))
    put("odd-scale-0", changed(k1_scale=npy("<f4", (1,), floats(0))))
    put("odd-scale-shape", changed(k8_scale=npy("<f4", (4, 2), floats(*[.5] * 8))))
    put("bad-cut", members(), cut=3000)
    put("bad-empty", members(), cut=0)
    put("bad-no-facts", members(), comment=b"")
    put("bad-facts", members(), comment=b"{\"delta\": 3}")
    put("bad-parent", members(), comment=facts(**{"from": "0" * 64}))
    put("bad-no-scale", changed(k8_scale=None))
    put("bad-few-scales", changed(k8_scale=npy("<f4", (7,), floats(*[.5] * 7))))
    put("bad-scale-nan", changed(k8_scale=npy("<f4", (8,), floats(*[float("nan")] * 8))))
    put("bad-scale-negative", changed(k8_scale=npy("<f4", (8,), floats(*[-1.] * 8))))
    put("bad-scale-large", changed(k8_scale=npy("<f4", (8,), floats(*[3e38] * 8))))
    put("bad-scale-f8", changed(k1_scale=npy("<f8", (1,), struct.pack("<d", .5))))
    put("bad-steps-u1", changed(k9_q=npy("|u1", (5,), b"abcde")))
    put("bad-steps-shape", changed(k9_q=npy("|i1", (6,), b"abcdef")))
    put("bad-variance", changed(k13=npy("<f4", (5,), floats(*[-1.] * 5))))
    put("bad-one-more", changed(kmore=npy("<f4", (1,), floats(0))))


main()
