"""Writes corpus/opt, lines, decimal and train_log. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import struct
from corpus_file import put


def opts():
    def o(name, *words): put("opt", name, b"".join(w.encode(errors="surrogateescape") + b"\0" for w in words))
    o("good-least", "-q1", "a")
    o("good-long", "--required=9", "--number", "-5", "--seed=18446744073709551615", "--share=1e-3", "--choice=only", "a", "b", "c")
    o("good-short", "-fn7", "-s0", "-r", ".5", "-coff", "-q", "2", "-gx", "-g", "y", "-eE", "a")
    o("good-mixed", "a", "-f", "b", "--req", "3", "--", "-n")
    o("good-many", "-q1", *["-gx"] * 64, "a")
    o("good-help", "--help")
    o("good-help-defaults", "-n3", "-q4", "--choice=off", "-h")
    o("good-version", "--version")
    o("odd-exact-name", "--share=0", "--share-of=x", "-q1", "a")
    o("odd-hexadecimal-float", "-r0x1p-1", "-q1", "a")
    o("odd-empty-operand", "-q1", "")
    o("odd-dash", "-q1", "-")
    o("odd-after-end", "-q1", "--", "--help")
    o("bad-none")
    o("bad-operands", "-q1", "a", "b", "c", "d")
    o("bad-required", "a")
    o("bad-env", "-q1", "-e", "", "a")
    o("bad-range", "-q10", "a")
    o("bad-above", "-n", "1000000001", "-q1", "a")
    o("bad-share", "-r", "1.5", "-q1", "a")
    o("bad-number", "-n", " 7", "-q1", "a")
    o("bad-number-huge", "-n99999999999999999999", "-q1", "a")
    o("bad-float", "-r1x", "-q1", "a")
    o("bad-nan", "-rnan", "-q1", "a")
    o("bad-seed", "-s-1", "-q1", "a")
    o("bad-choice", "-co", "-q1", "a")
    o("bad-unknown", "-z")
    o("bad-unknown-long", "--\x1b[31m\n")
    o("bad-ambiguous", "--s")
    o("bad-spelling", "--nunber=3", "-q1", "a")
    o("bad-one-dash", "-number=3", "-q1", "a")
    o("bad-no-value", "-q")
    o("bad-value-of-flag", "--flag=1")
    o("bad-many", "-q1", *["-gx"] * 65, "a")
    o("bad-letters-beyond-ascii", "-\udcff\udcff")
    o("bad-bytes", "-q\udcff", "a")


def lines():
    def l(name, text, times=1): put("lines", name, bytes([times]) + text.encode())
    l("good-newlines", "a\nb c\n\u00e4\n")
    l("good-nuls", "a\0b\nc\0")
    l("odd-no-end", "a\nb")
    l("odd-empty-ones", "\n\na\n\n")
    l("odd-long", "b" * 61, 150)
    l("odd-longest", "b" * 4096 + "\n" + "c" * 4097 + "\n")
    l("odd-blocks", "abcdefg\n" * 100, 100)
    l("odd-nuls-in-blocks", "abcdefg\0" * 100, 100)
    l("odd-one-more", "a" * 1000 + "\n", 66)
    l("bad-none", "", 0)


def decimals():
    for name, text in {
        "good-integer": "12,", "good-fraction": "-0.015625", "good-exponent": "1e-3]", "good-plus": "2E+5",
        "good-digits": "0.30000001192092896", "odd-long": "1" * 40 + "." + "2" * 40, "odd-tie": "16777217",
        "odd-near-tie": "16777217.0000000000000000000001", "odd-subnormal": "1.4e-45", "odd-underflow": "1e-60",
        "odd-overflow": "1e39", "odd-exponent": "1e-99999999999", "odd-zero": "-0", "odd-power-22": "0.0000000000000000000001",
        "odd-power-23": "0.00000000000000000000001", "bad-empty": "", "bad-zero": "01", "bad-plus": "+1", "bad-point": "1.",
        "bad-first-point": ".5", "bad-exponent": "1e", "bad-sign": "1e-", "bad-word": "nan",
    }.items(): put("decimal", name, text)


def train_logs():
    head = b"epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n"
    rows = b"1\t.5\t.5\t-\t-\n2\t.4\t.5\t.4\t.5\n"
    def t(name, text, epoch=0, at=0xffff): put("train_log", name, struct.pack("<BH", epoch, at) + text)
    t("good-append", head + rows)
    t("good-new", b"")
    t("good-resume", head + rows, 2, len(head + rows))
    t("good-cut", head + rows, 1, len(head + rows) - 14)
    t("good-at-header", head + rows, 0, len(head))
    t("odd-from-nothing", head + rows, 0, 0)
    t("odd-any-line", head + b"x\n" * 200)
    t("bad-other-epoch", head + rows, 1, len(head + rows))
    t("bad-longer", head + rows, 2, len(head + rows) + 1)
    t("bad-no-line", head + rows[:-1])
    t("bad-header", head[1:] + rows)
    t("bad-within-header", head + rows, 0, 7)
    t("bad-middle", head + rows, 2, len(head + rows) - 3)
    t("bad-short", b"epoch")


opts()
lines()
decimals()
train_logs()
