"""Writes corpus/tsv, classes, partition, predictions and learning. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand."""
import os
HERE = os.path.dirname(os.path.abspath(__file__))


def put(kind, name, text):
    folder = os.path.join(HERE, "corpus", kind)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


def tsv():
    put("tsv", "good-table", "a\tb\n1\t2\n")
    put("tsv", "good-empty-fields", "\t\t\n\n\t\n")
    put("tsv", "odd-crlf", "a\tb\r\n1\t2\r\n")
    put("tsv", "odd-mark", b"\xef\xbb\xbfa\tb\n")
    put("tsv", "odd-mark-twice", b"\xef\xbb\xbf\xef\xbb\xbfa\n\xef\xbb\xbf")
    put("tsv", "odd-mark-alone", b"\xef\xbb\xbf")
    put("tsv", "odd-returns", "\r\r\n\ra\r\tb\r\n\r")
    put("tsv", "odd-no-last-newline", "a\tb\nc")
    put("tsv", "odd-272-columns", "\t" * 271 + "\n")
    put("tsv", "bad-273-columns", "\t" * 272 + "\n")
    put("tsv", "bad-nul", "a\n\0\n")
    put("tsv", "odd-empty", "")


CLASSES = "index\tcode\tname\n0\tBAS\tbasophil\n1\tX\tsomething else\n"


def classes():
    put("classes", "good-file", CLASSES)
    put("classes", "good-no-header", CLASSES[16:])
    put("classes", "good-no-names", "0\tBAS\n1\tX\n")
    put("classes", "good-256-classes", "".join("%d\tC%d\n" % (i, i) for i in range(256)))
    put("classes", "odd-crlf-mark", b"\xef\xbb\xbf" + CLASSES.replace("\n", "\r\n").encode())
    put("classes", "odd-blank-lines", "\n" + CLASSES[16:].replace("\n", "\n\n"))
    put("classes", "odd-columns", "0\tA\t\tmore\tand more\n")
    put("classes", "odd-index", " 0\tA\n+01\tB\n")
    put("classes", "odd-bytes", b"0\t\xe4\t\xff\xfe\n1\t \n")
    put("classes", "bad-empty", "")
    put("classes", "bad-header-only", CLASSES[:16])
    put("classes", "bad-header-later", CLASSES[16:] + CLASSES[:16])
    put("classes", "bad-257-classes", "".join("%d\tC%d\n" % (i, i) for i in range(257)))
    put("classes", "bad-order", "1\tA\n0\tB\n")
    put("classes", "bad-index", "0x0\tA\n")
    put("classes", "bad-index-huge", "99999999999999999999\tA\n")
    put("classes", "bad-no-code", "0\n")
    put("classes", "bad-empty-code", "0\t\tname\n")
    put("classes", "bad-twice", "0\tA\n1\tA\n")
    put("classes", "bad-comma", "0\tA,B\n")
    put("classes", "bad-slash", "0\t../A\n")
    put("classes", "bad-control", "0\tA\x1b\n")
    put("classes", "bad-long-code", "0\t" + "A" * 32 + "\n")
    put("classes", "bad-long-name", "0\tA\t" + "a" * 96 + "\n")
    put("classes", "bad-nul", "0\tA\0\n")


GROUPS = "a\tp1\nb\tp2\n\u00e4\tp1\nBAS 1\tp3\n"       # the ids of fuzz_partition.c


def partition():
    put("partition", "good-groups", GROUPS)
    put("partition", "good-one-group", GROUPS.replace("p2", "p1").replace("p3", "p1"))
    put("partition", "good-others", "id\tpatient\n" + GROUPS + "other\tp9\n")
    put("partition", "odd-columns", GROUPS.replace("\n", "\tx\ty\n"))
    put("partition", "odd-crlf-mark", b"\xef\xbb\xbf" + GROUPS.replace("\n", "\r\n").encode())
    put("partition", "odd-blank-lines", GROUPS.replace("\n", "\n\n"))
    put("partition", "odd-no-last-newline", GROUPS[:-1])
    put("partition", "odd-others-twice", GROUPS + "\tp\n\tq\n")
    put("partition", "bad-empty", "")
    put("partition", "bad-missing", GROUPS[4:])
    put("partition", "bad-twice", GROUPS + GROUPS)
    put("partition", "bad-no-group", GROUPS.replace("p2", ""))
    put("partition", "bad-one-column", GROUPS + "c\n")
    put("partition", "bad-commas", GROUPS.replace("\t", ","))
    put("partition", "bad-nul", GROUPS + "\0\n")


HEAD = "id\ttrue\tpredicted\tA\tB\n"
ROWS = "x\tA\tA\t0.75\t0.25\ny\tB\tA\t0.5\t0.5\n"
COUNTS = "true\\predicted\tA\tB\nA\t3\t1\nB\t0\t7\n"


def predictions():
    put("predictions", "good-rows", HEAD + ROWS)
    put("predictions", "good-header-only", HEAD)
    put("predictions", "good-counts", COUNTS)
    put("predictions", "odd-crlf", (HEAD + ROWS).replace("\n", "\r\n"))
    put("predictions", "odd-no-last-newline", (HEAD + ROWS)[:-1])
    put("predictions", "odd-escapes", HEAD + "a\\tb\\n\\r\\\\\tA\tB\t1e-45\t1\n")
    put("predictions", "odd-utf8-codes", "true\\predicted\t\u00fc\t\u4e2d\n\u00fc\t1\t0\n\u4e2d\t0\t1\n")
    put("predictions", "odd-latin1-id", HEAD.encode() + b"\xe4\tA\tA\t1\t0\n")
    put("predictions", "odd-empty-id", HEAD + "\tA\tA\t1\t0\n")
    put("predictions", "odd-leading-zeros", COUNTS.replace("7", "0007"))
    put("predictions", "odd-256-classes", "id\ttrue\tpredicted" + "".join("\tC%d" % i for i in range(256)) + "\n")
    put("predictions", "bad-257-classes", "id\ttrue\tpredicted" + "".join("\tC%d" % i for i in range(257)) + "\n")
    put("predictions", "bad-300-columns", HEAD + "x\t" * 300 + "\n")
    put("predictions", "bad-empty", "")
    put("predictions", "bad-blank-line", HEAD + "\n" + ROWS)
    put("predictions", "bad-nul", HEAD + "x\0y\tA\tA\t1\t0\n")
    put("predictions", "bad-cut-off", HEAD + ROWS[:-10])
    put("predictions", "bad-no-classes", "id\ttrue\tpredicted\n")
    put("predictions", "bad-double-class", HEAD.replace("B", "A"))
    put("predictions", "bad-empty-class", HEAD.replace("B", ""))
    put("predictions", "bad-unknown-true", HEAD + "x\t-\tA\t1\t0\n")
    put("predictions", "bad-hex", HEAD + "x\tA\tA\t0x1p0\t0\n")
    put("predictions", "bad-inf", HEAD + "x\tA\tA\tinf\t0\n")
    put("predictions", "bad-header-twice", HEAD + ROWS + HEAD)
    put("predictions", "bad-commas", (HEAD + ROWS).replace("\t", ","))
    put("predictions", "bad-long-line", HEAD + "x" * 70000 + ROWS)
    put("predictions", "bad-counts-cut-off", COUNTS[:-6])
    put("predictions", "bad-counts-cut-digit", COUNTS.replace("7", "71")[:-2])
    put("predictions", "bad-counts-order", COUNTS.replace("\nA", "\nX").replace("\nB", "\nA"))
    put("predictions", "bad-counts-huge", COUNTS.replace("7", "9223372036854775808"))
    put("predictions", "bad-counts-negative", COUNTS.replace("7", "-7"))


LOG = "epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n"


def learning():
    put("learning", "good-log", LOG + "1\t2.5\t0.1\t2.4\t0.15\n2\t2.1\t0.3\t2.2\t0.25\n")
    put("learning", "good-no-validation", LOG + "1\t2.5\t0.1\t-\t-\n")
    put("learning", "odd-two-trainings", LOG + "1\t2\t.1\t\t\n2\t1\t.2\t\t\n1\t1\t.3\t\t\n")
    put("learning", "odd-nan-inf", LOG + "0\tnan\t0\t-nan\tinf\n1\t1e31\t-1e30\t1e-320\t0\n")
    put("learning", "odd-order-and-more",
        "time\tvalid_accuracy\tloss\tepoch\tvalid_loss\taccuracy\nnoon\t.1\t2\t7\t3\t.2\n")
    put("learning", "odd-flat", LOG + "1\t0\t0\t0\t0\n1000000000\t0\t0\t0\t0\n1000000000\t0\t0\t0\t0\n")
    put("learning", "odd-close-together", LOG + "1\t1e30\t1\t1.0000000000000002e30\t1.0000000000000002\n")
    put("learning", "bad-empty", "")
    put("learning", "bad-no-epochs", LOG)
    put("learning", "bad-no-column", LOG.replace("valid_loss", "loss") + "1\t2\t3\t4\t5\n")
    put("learning", "bad-columns", LOG + "1\t2\t3\t4\n")
    put("learning", "bad-cut-off", LOG + "1\t2\t3\t4\t.5")
    put("learning", "bad-column-twice", "loss\t" + LOG + "1\t1\t2\t3\t4\t5\n")
    put("learning", "bad-number", LOG + "1\t2\t3\t4\tfive\n")
    put("learning", "bad-blank-number", LOG + "1\t2\t3\t4\t \n")
    put("learning", "bad-epoch", LOG + "1.5\t2\t3\t4\t5\n")
    put("learning", "bad-epoch-sign", LOG + "-1\t2\t3\t4\t5\n")
    put("learning", "bad-epoch-huge", LOG + "1000000001\t2\t3\t4\t5\n")
    put("learning", "bad-header-again", LOG + "1\t2\t3\t4\t5\n" + LOG)


tsv()
classes()
partition()
predictions()
learning()
