"""Writes corpus/tsv, classes, id_groups, predictions, cases, class_groups, tolerant, shared, learning and roster. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand."""
from corpus_file import put


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


GROUPS = "a\tp1\nb\tp2\n\u00e4\tp1\nBAS 1\tp3\n"       # the ids of fuzz_id_groups.c


def id_groups():
    put("id_groups", "good-groups", GROUPS)
    put("id_groups", "good-one-group", GROUPS.replace("p2", "p1").replace("p3", "p1"))
    put("id_groups", "good-others", "id\tpatient\n" + GROUPS + "other\tp9\n")
    put("id_groups", "odd-columns", GROUPS.replace("\n", "\tx\ty\n"))
    put("id_groups", "odd-crlf-mark", b"\xef\xbb\xbf" + GROUPS.replace("\n", "\r\n").encode())
    put("id_groups", "odd-blank-lines", GROUPS.replace("\n", "\n\n"))
    put("id_groups", "odd-no-last-newline", GROUPS[:-1])
    put("id_groups", "odd-others-twice", GROUPS + "\tp\n\tq\n")
    put("id_groups", "bad-empty", "")
    put("id_groups", "bad-missing", GROUPS[4:])
    put("id_groups", "bad-twice", GROUPS + GROUPS)
    put("id_groups", "bad-no-group", GROUPS.replace("p2", ""))
    put("id_groups", "bad-one-column", GROUPS + "c\n")
    put("id_groups", "bad-commas", GROUPS.replace("\t", ","))
    put("id_groups", "bad-nul", GROUPS + "\0\n")


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


def cases():
    many = "".join("\tC%d" % i for i in range(256))
    put("cases", "good-rows", HEAD + ROWS)
    put("cases", "good-256-classes", "id\ttrue\tpredicted" + many + "\nx\tC255\tC0\t1" + "\t0" * 255 + "\n")
    put("cases", "odd-header-only", HEAD)
    put("cases", "odd-one-class", "id\ttrue\tpredicted\tA\nx\tA\tA\t1\n")
    put("cases", "odd-crlf-mark", b"\xef\xbb\xbf" + (HEAD + ROWS).replace("\n", "\r\n").encode())
    put("cases", "odd-no-last-newline", (HEAD + ROWS)[:-1])
    put("cases", "odd-rounded", HEAD + "x\tA\tA\t0.992\t0\ny\tA\tA\t0.504\t0.504\n")
    put("cases", "odd-not-the-largest", HEAD + "x\tA\tB\t1\t0\n")
    put("cases", "odd-ids", HEAD + "\tA\tA\t1\t0\n \tA\tA\t1\t0\nx\\t\\n\tA\tA\t1\t0\nx\\t\tA\tA\t1\t0\n")
    put("cases", "bad-empty", "")
    put("cases", "bad-id-twice", HEAD + ROWS + ROWS)
    put("cases", "bad-id-twice-escaped", HEAD + "a\\t\tA\tA\t1\t0\n" * 2)
    put("cases", "bad-sum-low", HEAD + "x\tA\tA\t0.98\t0\n")
    put("cases", "bad-sum-high", HEAD + "x\tA\tA\t0.52\t0.5\n")
    put("cases", "bad-zeros", HEAD + "x\tA\tA\t0\t0\n")
    put("cases", "bad-unknown-true", HEAD + "x\t-\tA\t1\t0\n")
    put("cases", "bad-counts", COUNTS)
    put("cases", "bad-cut-off", HEAD + ROWS[:-10])
    put("cases", "bad-nul", HEAD + "x\0y\tA\tA\t1\t0\n")


NAMED = "group\tclasses\nfirst\tA\nboth ends\tD,A\n"     # of the classes of fuzz_class_groups.c


def class_groups():
    put("class_groups", "good-groups", NAMED)
    put("class_groups", "good-all-but-one", NAMED + "most\tA,B,D\n")
    put("class_groups", "odd-heading-only", NAMED[:14])
    put("class_groups", "odd-crlf-mark", b"\xef\xbb\xbf" + NAMED.replace("\n", "\r\n").encode())
    put("class_groups", "odd-blank-lines", NAMED.replace("\n", "\n\n"))
    put("class_groups", "odd-names", NAMED.encode() + b" \tA\na=b\tA\n\xff\xc3\tA\n")
    put("class_groups", "bad-empty", "")
    put("class_groups", "bad-no-heading", NAMED[14:])
    put("class_groups", "bad-heading-twice", NAMED + NAMED)
    put("class_groups", "bad-name-twice", NAMED + "first\tB\n")
    put("class_groups", "bad-no-name", NAMED + "\tB\n")
    put("class_groups", "bad-long-name", NAMED + "x" * 96 + "\tB\n")
    put("class_groups", "bad-control", NAMED + "a\x1bb\tB\n")
    put("class_groups", "bad-many", "group\tclasses\n" + "".join("%d\tA\n" % i for i in range(257)))
    put("class_groups", "bad-no-classes", NAMED + "none\t\n")
    put("class_groups", "bad-one-column", NAMED + "none\n")
    put("class_groups", "bad-three-columns", NAMED + "three\tA\tB\n")
    put("class_groups", "bad-class", NAMED + "other\tA,E\n")
    put("class_groups", "bad-class-twice", NAMED + "twice\tA,B,A\n")
    put("class_groups", "bad-comma-last", NAMED + "comma\tA,\n")
    put("class_groups", "bad-all-classes", NAMED + "all\tD,C,B,A\n")
    put("class_groups", "bad-nul", NAMED + "\0\n")


PAIRS = "class\tneighbour\nA\tB\nC\tB\n"             # of the classes of fuzz_tolerant.c


def tolerant():
    put("tolerant", "good-pairs", PAIRS)
    put("tolerant", "good-all", PAIRS + "A\tC\nA\tD\nD\tB\nC\tD\n")
    put("tolerant", "odd-heading-only", PAIRS[:16])
    put("tolerant", "odd-crlf-mark", b"\xef\xbb\xbf" + PAIRS.replace("\n", "\r\n").encode())
    put("tolerant", "odd-blank-lines", PAIRS.replace("\n", "\n\n"))
    put("tolerant", "odd-no-last-newline", PAIRS[:-1])
    put("tolerant", "bad-empty", "")
    put("tolerant", "bad-no-heading", PAIRS[16:])
    put("tolerant", "bad-heading-twice", PAIRS + PAIRS)
    put("tolerant", "bad-class", PAIRS + "A\tE\n")
    put("tolerant", "bad-no-class", PAIRS + "A\t\n")
    put("tolerant", "bad-itself", PAIRS + "D\tD\n")
    put("tolerant", "bad-twice", PAIRS + "A\tB\n")
    put("tolerant", "bad-twice-turned", PAIRS + "B\tA\n")
    put("tolerant", "bad-one-column", PAIRS + "A\n")
    put("tolerant", "bad-three-columns", PAIRS + "A\tD\t\n")
    put("tolerant", "bad-commas", PAIRS.replace("\t", ","))
    put("tolerant", "bad-nul", PAIRS + "\0\n")


def shared_table(head="aml-shared\t1\nclasses\tA\tB\ngroup\tfirst\tA\n", images=2, top2=2, log_loss="1.5\t1.25",
                 brier="0.5\t0.25", counts="count\tA\t1\t0\ncount\tB\t1\t0\n", bins=None,
                 scores="confidence\t-\t300\t1\t1\nclass_score\tA\t300\t1\t1\nclass_score\tB\t-300\t1\t1\n"
                        "group_score\tfirst\t300\t1\t1\n"):
    bins = bins or ["%d\t2\t1\t1.5\t0.625" % i if i == 11 else "%d\t0\t0\t0\t0" % i for i in range(15)]
    return (head + "images\t%s\ntop2\t%s\nlog_loss\t%s\nbrier\t%s\n" % (images, top2, log_loss, brier) + counts
            + "".join("calibration\t%s\n" % b for b in bins) + scores + "end\n")


def shared():
    good, empty = shared_table(), ["%d\t0\t0\t0\t0" % i for i in range(15)]
    whole = good[:-len("end\n")]
    nothing = dict(bins=empty, scores="")
    most = str(1 << 45)
    codes = ["C%d" % i for i in range(256)]
    put("shared", "good-table", good)
    put("shared", "good-no-groups", shared_table("aml-shared\t1\nclasses\tA\tB\n", scores=""))
    put("shared", "good-suppressed", shared_table(images=60, counts="count\tA\t50\t0\ncount\tB\t20\t0\n", **nothing))
    put("shared", "good-60-classes", shared_table(
        "aml-shared\t1\nclasses\t%s\n" % "\t".join(codes[:60]),
        counts="".join("count\t%s%s\n" % (c, "\t0" * 60) for c in codes[:60]), **nothing))
    put("shared", "odd-crlf-mark", b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode())
    put("shared", "odd-no-last-newline", good[:-1])
    put("shared", "odd-no-images", shared_table(images=0, top2=0, log_loss="0\t0", brier="0\t0", **nothing))
    put("shared", "odd-one-class", shared_table("aml-shared\t1\nclasses\tA\n", counts="count\tA\t2\n", **nothing))
    put("shared", "odd-most", shared_table(images=most, top2=most, counts="count\tA\t%s\t%s\ncount\tB\t%s\t%s\n"
                                           % (most, most, most, most), **nothing))
    half = 1 << 44
    put("shared", "odd-most-scores", shared_table(
        images=most, bins=empty, scores="confidence\t-\t1\t%d\t%d\nclass_score\tA\t1\t%d\t%d\n" % ((half,) * 4)))
    put("shared", "odd-ends", shared_table(scores="confidence\t-\t-5120\t1\t0\nconfidence\t-\t5119\t0\t1\n"))
    put("shared", "odd-order", shared_table(scores="class_score\tB\t2\t0\t1\nclass_score\tB\t1\t1\t0\n"))
    put("shared", "odd-group-name", good.replace("first", " a=b, \xe4"))
    put("shared", "bad-empty", "")
    put("shared", "bad-predictions", HEAD + ROWS)
    put("shared", "bad-version", good.replace("1", "2", 1))
    put("shared", "bad-no-classes", shared_table("aml-shared\t1\n"))
    put("shared", "bad-257-classes", shared_table("aml-shared\t1\nclasses\t%s\tX\n" % "\t".join(codes)))
    put("shared", "bad-class-twice", good.replace("A\tB", "A\tA", 1))
    put("shared", "bad-group-all", good.replace("first\tA\n", "first\tA,B\n", 1))
    put("shared", "bad-group-twice", shared_table("aml-shared\t1\nclasses\tA\tB\ngroup\tx\tA\ngroup\tx\tB\n"))
    put("shared", "bad-group-control", good.replace("first", "a\x1b", 1))
    put("shared", "bad-groups-many", shared_table(
        "aml-shared\t1\nclasses\tA\tB\n" + "".join("group\t%d\tA\n" % i for i in range(257)), **nothing))
    put("shared", "bad-images", shared_table(images=1 + (1 << 45)))
    put("shared", "bad-negative", shared_table(top2=-1))
    put("shared", "bad-top2", shared_table(top2=3))
    put("shared", "bad-log-loss", shared_table(log_loss="73\t1"))
    put("shared", "bad-log-loss-squares", shared_table(log_loss="1\t1e308"))
    put("shared", "bad-brier", shared_table(brier="4.1\t1"))
    put("shared", "bad-nan", shared_table(brier="nan\t1"))
    put("shared", "bad-counts-missing", shared_table(counts="count\tA\t1\t0\n"))
    put("shared", "bad-counts-order", good.replace("count\tA", "count\tB", 1))
    put("shared", "bad-calibration-order", good.replace("calibration\t3", "calibration\t4"))
    put("shared", "bad-calibration-correct", shared_table(bins=["0\t2\t3\t1\t1"] + empty[1:]))
    put("shared", "bad-calibration-sum", shared_table(bins=["0\t2\t2\t2.1\t1"] + empty[1:]))
    put("shared", "bad-calibration-squares", shared_table(bins=["0\t2\t2\t2\t2.1"] + empty[1:]))
    put("shared", "bad-calibration-images", shared_table(bins=["0\t3\t2\t2\t2"] + empty[1:]))
    put("shared", "bad-bin", whole + "class_score\tA\t5120\t1\t0\n" + "end\n")
    put("shared", "bad-bin-huge", whole + "class_score\tA\t9223372036854775807\t1\t0\n" + "end\n")
    put("shared", "bad-bin-twice", whole + "class_score\tA\t300\t1\t1\n" + "end\n")
    put("shared", "bad-score-class", whole + "class_score\tC\t1\t1\t1\n" + "end\n")
    put("shared", "bad-score-images", whole + "class_score\tA\t1\t1\t1\n" + "end\n")
    put("shared", "bad-cut-off", good[:150])
    put("shared", "bad-no-end", whole)
    put("shared", "bad-behind-end", good + "class_score\tA\t1\t1\t1\n")
    put("shared", "bad-blank-line", good + "\n")
    put("shared", "bad-nul", good + "\0\n")


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


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExlsAzP9o8/1zelT8dE2YfZ2eyVwz0Zs0L9wGxl2pVd"
ROSTER = "site\tkey\tmin_examples\nnorth\t%s me@north\t50\neast\t-\t-\n" % KEY


def roster():
    put("roster", "good-roster", ROSTER)
    put("roster", "good-two-columns", "key\tsite\n-\tnorth\n")
    put("roster", "odd-crlf-mark", b"\xef\xbb\xbf" + ROSTER.replace("\n", "\r\n").encode())
    put("roster", "odd-columns", ROSTER.replace("\n", "\tx\ty\n"))
    put("roster", "odd-blank-lines", ROSTER.replace("\n", "\n\n"))
    put("roster", "odd-no-last-newline", ROSTER[:-1])
    put("roster", "odd-names", "site\tkey\n*,\"!\t-\n\u00e4 \t-\n-\t-\n")
    put("roster", "bad-empty", "")
    put("roster", "bad-no-site", "site\tkey\n")
    put("roster", "bad-no-heading", ROSTER[ROSTER.index("\n") + 1:])
    put("roster", "bad-twice", ROSTER + "north\t-\t-\n")
    put("roster", "bad-key-twice", ROSTER + "west\t%s\t-\n" % KEY)
    put("roster", "bad-pattern", ROSTER.replace("north\t", "n*\t"))
    put("roster", "bad-authority", ROSTER.replace("ssh-", "cert-authority ssh-"))
    put("roster", "bad-kind", ROSTER.replace("ssh-ed25519", "ssh-rsa"))
    put("roster", "bad-count", ROSTER.replace("50", "-50"))
    put("roster", "bad-nul", ROSTER + "\0\n")


tsv()
classes()
id_groups()
predictions()
cases()
class_groups()
tolerant()
shared()
learning()
roster()
