"""Writes corpus/partial, of the network that its target knows. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import io, json, os, struct, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
# 10 x 10 x 1, one filter each, one unit, two classes
SHAPES = [(3, 3, 1, 1), (1,)] * 4 + [(1, 1)] + [(1,)] * 5 + [(1, 2), (2,)]
NET = [10, 10, 1, 1, 1, 1, 1, 1, 2]


def array(shape, values, descr="<f8"):
    n = 1
    for side in shape: n *= side
    text = "{'descr': '%s', 'fortran_order': False, 'shape': %r, }" % (descr, tuple(shape))
    text += " " * (-(len(text) + 11) % 64) + "\n"
    values = values if isinstance(values, list) else [values] * n
    data = struct.pack("<%d%s" % (n, {"<f4": "f", "<f8": "d", "|u1": "B"}[descr]), *values)
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode() + data


def table(*rows):
    return array((len(rows), 4), [x for row in rows for x in row])


def marks(*names):
    return array((len(names), 64), [ord(c) for name in names for c in name.ljust(64, "0")], "|u1")


def put(name, members, comment, method=zipfile.ZIP_STORED, cut=None):
    os.makedirs(os.path.join(HERE, "corpus", "partial"), exist_ok=True)
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", method) as z:
        for key, data in members.items(): z.writestr(zipfile.ZipInfo(key + ".npy"), data, method)
        z.comment = json.dumps(comment).encode()
    with open(os.path.join(HERE, "corpus", "partial", name), "wb") as f: f.write(b.getvalue()[:cut])


good = {"%d.s0" % k: array(s, .25) for k, s in enumerate(SHAPES)}
good["clients"] = table((3, 3, 1.5, 1), (-1, 4, -1, 1))
good["marks"] = marks("crc32:a", "crc32:b")
partial = {"net": NET, "clients": 2, "weight": 7, "part": 7}
facts = {"tool": "aml-fedavg", "method": "mean", "weighing": "given", "bn": "average", "partial": partial,
         "parents": ["a", "b"]}
clipped = {**good, "clients": table((3, 3, 9, .5), (-1, 4, 1, 1))}


def p(name, members=good, method=zipfile.ZIP_STORED, cut=None, change={}, own={}):
    f = {**facts, "partial": {**partial, **own}, **change}
    put(name, {k: v for k, v in members.items() if v is not None}, f, method, cut)


p("good-sums")
p("good-deflated", method=zipfile.ZIP_DEFLATED)
p("good-two-terms", {**good, "0.s1": array(SHAPES[0], 1e-20)})
p("good-pool", change={"bn": "pool"})
p("good-clipped", clipped, change={"clip_norm": 2.5}, own={"part": 5.5, "previous": "c"})
p("odd-guessed-size", own={"net": [0] + NET[1:]})
p("odd-minus-zero", {**good, "3.s0": array(SHAPES[3], -0.)})
p("bad-nan", {**good, "8.s0": array(SHAPES[8], float("nan"))})
p("bad-huge", {**good, "8.s0": array(SHAPES[8], 1e200)})
p("bad-tiny", {**good, "8.s0": array(SHAPES[8], 1e-200)})
p("bad-f4", {**good, "8.s0": array(SHAPES[8], 1, "<f4")})
p("bad-shape", {**good, "8.s0": array((2, 1), 1)})
p("bad-missing", {**good, "15.s0": None})
p("bad-one-more", {**good, "16.s0": array((1,), 1)})
p("bad-gap", {**good, "15.s2": array((2,), 1)})
p("bad-no-clients", {**good, "clients": None})
p("bad-clients", {**good, "clients": table((3, 3, 1.5, 1))})
p("bad-marks", {**good, "marks": marks("crc32:a")})
p("bad-weight", own={"weight": 8})
p("bad-part", own={"part": 5.5})
p("bad-part-unclipped", clipped, own={"part": 5.5})
p("bad-fraction", {**good, "clients": table((3, 3.5, 1.5, 1), (-1, 3.5, -1, 1))})
p("bad-scale", {**good, "clients": table((3, 3, 1.5, 2), (-1, 4, -1, .25))}, change={"clip_norm": 1})
p("bad-scale-step", {**clipped, "clients": table((3, 3, 9, 2 ** -30), (-1, 4, 1, 1))}, change={"clip_norm": 1},
  own={"part": 4 + 3 * 2 ** -30})
p("bad-count", {**good, "clients": table((3.5, 3, 1.5, 1), (-1, 4, -1, 1))})
p("bad-net", own={"net": NET[1:]})
p("bad-net-size", own={"net": [4, 4] + NET[2:]})
p("bad-net-huge", own={"net": NET[:8] + [2 ** 40]})
p("bad-parents", change={"parents": ["a"]})
p("bad-parent", change={"parents": ["a", 7]})
p("bad-classes", change={"classes": ["A"]})
p("bad-bn", change={"bn": 7})
p("bad-weighing", change={"weighing": "by the weight of their paper"})
p("bad-clip", change={"clip_norm": -1})
p("bad-cut", cut=2000)
put("bad-facts", good, [])
put("bad-model", {str(k): array(s, .25, "<f4") for k, s in enumerate(SHAPES)}, {})
