"""Writes corpus/predictions and corpus/learning. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand."""
import os
HERE = os.path.dirname(os.path.abspath(__file__))


def put(kind, name, text):
    folder = os.path.join(HERE, "corpus", kind)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


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
    put("learning", "bad-number", LOG + "1\t2\t3\t4\tfive\n")
    put("learning", "bad-blank-number", LOG + "1\t2\t3\t4\t \n")
    put("learning", "bad-epoch", LOG + "1.5\t2\t3\t4\t5\n")
    put("learning", "bad-epoch-sign", LOG + "-1\t2\t3\t4\t5\n")
    put("learning", "bad-epoch-huge", LOG + "1000000001\t2\t3\t4\t5\n")
    put("learning", "bad-header-again", LOG + "1\t2\t3\t4\t5\n" + LOG)


predictions()
learning()
