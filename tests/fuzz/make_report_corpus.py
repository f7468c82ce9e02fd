"""Writes corpus/facts, picture, predict and report, from other folders of corpus too. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import io, json, os, struct, zipfile
from corpus_file import put
HERE = os.path.dirname(os.path.abspath(__file__))
TABLE, TABLE_2, LOG, GROUPS, PATIENTS, PAIRS, MODEL, LABELS, CLASSES, TRAIN, VALID, IMAGES, IDS = range(13)
SIDE = 10


def get(kind, name):
    with open(os.path.join(HERE, "corpus", kind, name), "rb") as f: return f.read()


def npy(descr, shape, data):
    text = "{'descr': '%s', 'fortran_order': False, 'shape': %r, }" % (descr, tuple(shape))
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode() + data


def floats(shape, value=None):
    """As far as VALUE does not say otherwise, not all the same."""
    n = 1
    for side in shape: n *= side
    values = [value] * n if value is not None else [(i % 7 + 1) / 8 for i in range(n)]
    return npy("<f4", shape, struct.pack("<%df" % n, *values))


def weights(facts=None, channels=4, classes=2, method=zipfile.ZIP_STORED, **change):
    """A network for 10 x 10 pixels, one filter each; _8=...: that array."""
    shapes = [(3, 3, channels, 1), (1,)] + [(3, 3, 1, 1), (1,)] * 3 + [(1, 2)] + [(2,)] * 5 + [(2, classes), (classes,)]
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", method) as z:
        for k, s in enumerate(shapes):
            z.writestr(zipfile.ZipInfo("%d.npy" % k), change.get("_%d" % k, floats(s)), method)
        if facts is not None: z.comment = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    return b.getvalue()


def facts():
    def f(name, value): put("facts", name, value if isinstance(value, bytes) else json.dumps(value).encode())
    f("good-all", {"num_examples": 7, "classes": ["A", "B", "C"], "seed": 18446744073709551615, "size": 12, "epoch": 3})
    f("good-metadata", {"num_examples": 12.0, "more": [1]})
    f("odd-no-classes", {"num_examples": 0})
    f("odd-two-classes", {"classes": ["A", "B"]})
    f("bad-half", {"num_examples": .5})
    f("bad-huge", {"num_examples": 1e300})
    f("bad-negative", {"num_examples": -1})
    f("bad-text", {"num_examples": "7"})
    f("bad-class", {"classes": ["A", 1, "C"]})
    f("bad-class-twice", {"classes": ["A", "A", "C"]})
    f("bad-class-slash", {"classes": ["A", "../B", "C"]})
    f("bad-size", {"size": .5, "classes": ["A", "B", "C"]})
    f("bad-seed", {"seed": -1})
    f("bad-empty", b"")
    f("bad-array", [7])
    f("bad-json", b'{"num_examples": 7')
    f("bad-mark", b'\xef\xbb\xbf{"num_examples": 7}')


def pictures():
    put("picture", "good-bytes", npy("|u1", (3, 3, 4), bytes(range(36))))
    put("picture", "good-grey", npy("|u1", (3, 3, 1), bytes(range(9))))
    put("picture", "good-floats", floats((3, 3, 4), .5))
    put("picture", "bad-above", floats((3, 3, 4), 1.5))
    put("picture", "bad-nan", floats((3, 3, 1), float("nan")))
    put("picture", "bad-side", npy("|u1", (3, 4, 4), bytes(48)))
    put("picture", "bad-behind", npy("|u1", (3, 3, 4), bytes(37)))
    put("picture", "bad-empty", b"")
    for kind in "jpeg", "png", "tiff":
        folder = os.path.join(HERE, "corpus", "image_" + kind)
        for name in sorted(os.listdir(folder)):
            data = get("image_" + kind, name)
            if name.startswith(("good-", "odd-")) and len(data) <= 1200: put("picture", "%s-%s" % (name, kind), data)


def even(facts):
    """Of both classes with the same probability, whatever the image is."""
    return weights(facts, _14=floats((2, 2), 0), _15=floats((2,), 0))


def predicts():
    def p(name, *args, **more): put("predict", name, weights(*args, **more))
    p("good-plain")
    p("good-facts", {"classes": ["A", "B"], "size": SIDE + 1})
    p("good-deflated", method=zipfile.ZIP_DEFLATED)
    p("good-grey", channels=1)
    p("good-one-class", classes=1)
    p("good-20-classes", classes=20)
    p("odd-constant", _14=floats((2, 2), 0), _15=floats((2,), 0))
    p("odd-overflow", _8=floats((1, 2), 3e38), _14=floats((2, 2), 3e38))
    p("odd-variance", _13=floats((2,), -.0005))
    p("odd-tiny", _0=floats((3, 3, 4, 1), 1e-42))
    p("bad-nan", _8=floats((1, 2), float("nan")))
    p("bad-variance", _13=floats((2,), -1))
    p("bad-inf", _15=floats((2,), float("inf")))
    p("bad-size", {"size": 14})
    p("bad-classes", {"classes": ["A"]})
    put("predict", "bad-cut", weights()[:-200])
    put("predict", "bad-crc", weights().replace(floats((2,)), floats((2,), .5), 1))


ROWS = "id\ttrue\tpredicted\tA\tB\na\tA\tA\t0.75\t0.25\nb\tB\tA\t0.5\t0.5\nc\tA\tB\t0.25\t0.75\n"
COUNTS = "true\\predicted\tA\tB\nA\t3\t1\nB\t0\t7\n"


def dataset():
    labels = b"}(" + b"".join(b"\x8c\1%cK%c" % (c, k) for c, k in zip(b"abc", (0, 1, 0))) + b"u."
    pixels = bytes(i * 7 % 256 for i in range(3 * SIDE * SIDE * 4))
    ids = lambda text: npy("<U1", (len(text),), text.encode("utf-32-le"))
    return {LABELS: npy("|O", (), labels), CLASSES: b"0\tA\tan a & <b>\n1\tB\n", IMAGES: npy("|u1", (3, SIDE, SIDE, 4), pixels),
            IDS: ids("abc"), TRAIN: ids("ac"), VALID: ids("b")}


def reports():
    model = even({"tool": "aml-train", "classes": ["A", "B"], "size": SIDE, "epochs": 2, "num_examples": 2, "parents": ["x"]})
    log = get("learning", "good-log")
    def r(name, files, change={}):
        files = {k: v.encode() if isinstance(v, str) else v for k, v in {**files, **change}.items() if v is not None}
        put("report", name, b"".join(struct.pack("<BH", k, len(v)) + v for k, v in files.items()))
    rows = {TABLE: ROWS}
    whole = {**rows, LOG: log, GROUPS: "group\tclasses\none\tA\n", PATIENTS: "a\tp\nb\tp\nc\tq\n", PAIRS: "class\tneighbour\nA\tB\n"}
    r("good-rows", rows)
    r("good-two-tables", rows, {TABLE_2: ROWS.replace("\na", "\nx").replace("\nb", "\ny").replace("\nc", "\nz")})
    shared = get("shared", "good-table")
    r("good-shared", {TABLE: shared, TABLE_2: shared})
    r("good-log-groups-patients", whole)
    r("good-model", rows, {MODEL: model})
    r("good-dataset", rows, dataset())
    undecided = ROWS.replace("0.75\t0.25", "0.5\t0.5").replace("A\tB\t0.25\t0.75", "A\tA\t0.5\t0.5")
    r("good-all", {**whole, **dataset(), MODEL: model, TABLE: undecided})
    r("bad-answers-of-another-model", {**whole, **dataset(), MODEL: model})
    r("odd-names", {TABLE: ROWS.replace("\ta", "\t").replace("\nb", "\n<b>\"&'\u202e\u00e4").replace("\tA", "\t<i>")})
    r("odd-bytes", {TABLE: ROWS.encode().replace(b"\nb", b"\n\xff\xfe")})
    r("odd-certain", {TABLE: ROWS.replace("0.75\t0.25", "1\t0").replace("0.5\t0.5", "0\t1")})
    r("odd-one-class", {TABLE: "id\ttrue\tpredicted\tA\na\tA\tA\t1\n"})
    r("bad-none", {LOG: log})
    r("bad-counts", {TABLE: COUNTS})
    r("odd-same-ids", rows, {TABLE_2: ROWS})
    r("bad-other-classes", rows, {TABLE_2: ROWS.replace("B", "C")})
    r("bad-other-model", rows, {MODEL: weights({"classes": ["B", "A"]})})
    r("bad-model-size", {**rows, **dataset()}, {MODEL: weights({"size": 13})})
    r("bad-no-image", {TABLE: ROWS.replace("\nc", "\nd")}, dataset())
    r("bad-image-class", {TABLE: ROWS.replace("\nc\tA", "\nc\tB")}, dataset())
    r("bad-one-patient", rows, {PATIENTS: "a\tp\nb\tp\nc\tp\n"})
    r("bad-group", rows, {GROUPS: "group\tclasses\none\tC\n"})
    r("bad-pair", rows, {PAIRS: "class\tneighbour\nA\tC\n"})
    r("bad-log", rows, {LOG: "epoch\n"})


facts()
pictures()
predicts()
reports()
