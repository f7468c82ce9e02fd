"""Writes corpus/dataset, corpus/info and corpus/trail, from other folders of corpus too. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import json, os, struct
from corpus_file import put
HERE = os.path.dirname(os.path.abspath(__file__))
LABELS, CLASSES, TRAIN, VALID, IMAGES, IDS, A, B = range(8)     # the files of fuzz_dataset.c


def get(kind, name):
    with open(os.path.join(HERE, "corpus", kind, name), "rb") as f: return f.read()


def npy(descr, shape, data, pad=True):
    text = "{'descr': '%s', 'fortran_order': False, 'shape': %r, }" % (descr, tuple(shape))
    text += " " * (-(len(text) + 11) % 64 if pad else 1) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode() + data


def labels(**label):
    items = b"".join(b"\x8c%c%sK%c" % (len(k), k.encode(), v) for k, v in label.items())
    return npy("|O", (), b"}(" + items + b"u.")


def ids(*names):
    return npy("<U2", (len(names),), b"".join(n.ljust(2, "\0").encode("utf-32-le") for n in names))


def datasets():
    def bytes_of(*shape): return npy("|u1", shape, bytes(range(shape[0] * shape[1] * shape[2])))
    def floats_of(*shape, value=.5, pad=True):
        n = shape[0] * shape[1] * shape[2]
        return npy("<f4", shape, struct.pack("<%df" % n, *[value] * n), pad)
    two = labels(a=0, b=1)
    singlets = {LABELS: two, A: bytes_of(2, 2, 4), B: bytes_of(2, 2, 4)}
    packed = {LABELS: two, IMAGES: npy("|u1", (2, 2, 2, 4), bytes(32)), IDS: ids("b", "a")}
    split = {TRAIN: ids("a"), VALID: ids("b")}
    def d(name, files, change={}):
        files = {k: v for k, v in {**files, **change}.items() if v is not None}
        put("dataset", name, b"".join(struct.pack("<BH", k, len(v)) + v for k, v in files.items()))
    d("good-bytes", singlets)
    d("good-floats", singlets, {A: floats_of(2, 1, 4), B: floats_of(2, 1, 4)})
    d("good-split", singlets, split)
    d("good-packed", packed)
    d("good-packed-split", packed, split)
    d("good-classes", singlets, {CLASSES: b"0\tX\n1\tY\n"})
    d("odd-none", {LABELS: labels()})
    d("odd-unaligned", singlets, {A: floats_of(2, 1, 4, pad=False), B: floats_of(2, 1, 4, pad=False)})
    d("odd-nan", singlets, {A: floats_of(2, 1, 4, value=float("nan")), B: floats_of(2, 1, 4)})
    d("odd-second-missing", singlets, {B: None})
    d("odd-second-shape", singlets, {B: bytes_of(2, 3, 4)})
    d("odd-second-cut", singlets, {B: bytes_of(2, 2, 4)[:-1]})
    d("odd-packed-more", packed, {IMAGES: npy("|u1", (3, 1, 1, 4), bytes(12)), IDS: ids("b", "c", "a")})
    d("odd-neither", singlets, {TRAIN: ids("a"), VALID: ids()})
    d("bad-empty", {})
    d("bad-no-labels", singlets, {LABELS: None})
    d("bad-label", singlets, {LABELS: labels(a=0, b=15)})
    d("bad-classes-few", singlets, {CLASSES: b"0\tX\n"})
    d("bad-classes", singlets, {CLASSES: b"1\tX\n"})
    d("bad-id", singlets, {LABELS: labels(**{"../a": 0})})
    d("bad-empty-id", singlets, {LABELS: labels(**{"": 0})})
    d("bad-both-forms", {**singlets, **packed})
    d("bad-one-side", singlets, {TRAIN: ids("a")})
    d("bad-both-sides", singlets, {TRAIN: ids("a"), VALID: ids("a")})
    d("bad-twice", singlets, {TRAIN: ids("a", "a"), VALID: ids("b")})
    d("bad-stranger", singlets, {TRAIN: ids("a", "z"), VALID: ids("b")})
    d("bad-dimensions", singlets, {A: npy("|u1", (4, 4), bytes(16))})
    d("bad-no-pixels", singlets, {A: npy("|u1", (0, 2, 4), b"")})
    d("bad-type", singlets, {A: npy("<f8", (1, 1, 1), bytes(8))})
    d("bad-packed-ids", packed, {IDS: ids("a")})
    d("bad-packed-twice", packed, {IDS: ids("a", "a")})
    d("bad-packed-missing", packed, {IDS: ids("a", "c")})
    d("bad-packed-no-ids", packed, {IDS: None})
    d("odd-second-behind", singlets, {B: bytes_of(2, 2, 4) + b"x"})
    d("bad-behind", singlets, {A: bytes_of(2, 2, 4) + b"x"})
    d("bad-packed-behind", packed, {IMAGES: npy("|u1", (2, 2, 2, 4), bytes(33))})
    d("bad-packed-cut", packed, {IMAGES: npy("|u1", (2, 2, 2, 4), bytes(31))})


def infos():
    for kind, names in {
        "model": "good-plain good-facts odd-classes bad-facts bad-missing bad-nan bad-shape",
        "delta": "good-stored bad-no-facts",
        "npy": "good-f8 good-labels good-object-ids-np25 good-ids-np25 good-b1 odd-empty-huge bad-cut-off-data",
        "npz": "good-np25_py313_deflated odd-empty-archive bad-crc",
        "checkpoint": "good-best",
    }.items():
        for name in names.split():
            good, rest = name.split("-", 1)
            # a damaged model may still be a good archive
            if name in ("bad-missing", "bad-nan", "bad-shape", "bad-no-facts"): good = "odd"
            put("info", "%s-%s-%s" % (good, kind, rest), get(kind, name))
    put("info", "odd-array-nan", npy("<f4", (3,), struct.pack("<3f", 1, float("nan"), float("-inf"))))
    put("info", "odd-escapes", npy("<U2", (2,), "\x1b[\u00e4\u202e".encode("utf-32-le")))
    put("info", "bad-empty", b"")
    put("info", "bad-text", b"id\ttrue\n")


def trails():
    def t(name, *models): put("trail", name, json.dumps(list(models)).encode())
    def m(digest, *parents, **more): return {"digest": digest, "parents": list(parents), **more}
    t("good-chain", m("c", "b"), m("b", "a", tool="aml-train", num_examples=7), m("a"))
    t("good-mean", m("m", "a", "b", "c"), m("a", "s"), m("b", "s"), m("c", "s"), m("s"))
    t("good-altered", m("a", weights="b"), m("c", "b"))
    t("good-unchanged", m("a", "a"), m("a"), m("b", "a"))
    t("good-missing", m("a", "x" * 64, "y"))
    t("odd-circle", m("a", "b"), m("b", "c"), m("c", "a"), m("d", "c"))
    t("odd-itself", m("a", "a"), m("b", "b", "a"))
    t("odd-same", *[m("a")] * 5 + [m("b", "a")])
    t("odd-types", {"digest": 7, "parents": "a"}, 3, None, [], {"parents": [1, None, "a", {}]}, m("a"))
    t("odd-empty-digests", m(""), m("", ""), m("a", ""))
    t("odd-escapes", m("\x1b[31m", "\u202e\x7f", tool="\n\t"), m("\u202e\x7f"))
    t("odd-long", m("d" * 3000, "p" * 3000), m("p" * 3000))
    t("odd-numbers", m("a", num_examples=-5), m("b", num_examples=1e300), m("c", num_examples=2 ** 63 - 1))
    t("odd-none")
    put("trail", "bad-json", b'[{"digest": "a"')
    put("trail", "bad-object", b'{"digest": "a"}')


datasets()
infos()
trails()
