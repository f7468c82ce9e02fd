"""Writes corpus/json and corpus/model. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import io, struct, zipfile
from corpus_file import put
FACTS = b'{"tool": "aml-train", "size": 11, "num_examples": 7, "classes": ["BAS", "EOS"], "parents": []}'


def json_files():
    put("json", "good-facts", FACTS)
    put("json", "good-all-kinds", b'{"a": null, "b": [true, false], "c": {"d": -1.5e3, "e": 12, "f": ""}}')
    put("json", "good-escapes", rb'"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00"')
    put("json", "good-empty", b" [ ] ")
    put("json", "odd-deep", b"[" * 33 + b"]" * 33)
    put("json", "odd-bytes", b'{"\xff": 1, "\xc3\xa4": 2}')
    put("json", "odd-two-names-become-one", b'{"\xff": 1, "\xfe": 2}')
    put("json", "odd-numbers", b"[9223372036854775807, 9223372036854775808, 5e-324, 1.7976931348623157e308, -0, -0.0]")
    put("json", "bad-empty", b"")
    put("json", "bad-too-deep", b"[" * 1000)
    put("json", "bad-name-twice", b'{"a": 1, "\\u0061": 2}')
    put("json", "bad-surrogate", rb'"\ud83d"')
    put("json", "bad-escape-at-end", b'"\\')
    put("json", "bad-hex-at-end", rb'"\u12')
    put("json", "bad-nul", b'"a\0b"')
    put("json", "bad-number", b"-")
    put("json", "bad-long-number", b"1" * 100)
    put("json", "bad-comma", b"[1,]")


def array(shape, descr="<f4", value=0.25, fortran=False):
    n = 1
    for side in shape: n *= side
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, fortran, tuple(shape))
    text += " " * (-(len(text) + 11) % 64) + "\n"
    data = struct.pack("<%d%s" % (n, {"<f4": "f", "<f8": "d", "|u1": "B"}[descr]), *[value] * n)
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode() + data


def shapes(size=11, channels=4, filters=(1, 1, 1, 1), dense=1, classes=2):
    side = ((size - 2) // 2 - 2) // 2
    s, c = [], channels
    for k in filters:
        s += [(3, 3, c, k), (k,)]
        c = k
    return s + [(side * side * c, dense)] + [(dense,)] * 5 + [(dense, classes), (classes,)]


def archive(members, comment=b"", method=zipfile.ZIP_STORED):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", method) as z:
        for name, data in members: z.writestr(zipfile.ZipInfo(name + ".npy"), data, method)
        z.comment = comment
    return b.getvalue()


def model_files():
    def members(change=None, **sizes):
        m = [(str(k), array(s)) for k, s in enumerate(shapes(**sizes))]
        if change: m[change[0]] = (m[change[0]][0], change[1])
        return m
    put("model", "good-plain", archive(members()))
    put("model", "good-facts", archive(members(), FACTS))
    put("model", "good-deflated", archive(members(), FACTS, zipfile.ZIP_DEFLATED))
    put("model", "good-f8", archive(members((14, array((1, 2), "<f8")))))
    put("model", "good-fortran", archive(members((0, array((3, 3, 4, 1), fortran=True)))))
    put("model", "good-filters", archive(members(size=20, filters=(2, 1, 3, 2), dense=2)))
    put("model", "odd-comment", archive(members(), b"no facts"))
    put("model", "odd-classes", archive(members(), b'{"classes": ["A", 1]}'))
    put("model", "odd-u1", archive(members((15, array((2,), "|u1", 1)))))
    put("model", "bad-facts", archive(members(), b'{"tool": '))
    put("model", "bad-missing", archive(members()[:15]))
    put("model", "bad-one-more", archive(members() + [("16", array((1,)))]))
    put("model", "bad-dimensions", archive(members((6, array((9,))))))
    put("model", "bad-shape", archive(members((9, array((2,))))))
    put("model", "bad-no-filters", archive(members((6, array((3, 3, 1, 0))))))
    put("model", "bad-no-rows", archive(members((8, array((0, 1))))))
    put("model", "bad-no-square", archive(members((8, array((5, 1))))))
    put("model", "bad-nan", archive(members((8, array((1, 1), value=float("nan"))))))
    put("model", "bad-variance", archive(members((13, array((1,), value=-1)))))
    put("model", "bad-cut-off", archive(members())[:2000])


json_files()
model_files()
