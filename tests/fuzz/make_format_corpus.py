"""Writes corpus/npy, corpus/npz and corpus/pickle from tests/data and from byte strings. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand
and stays (found-*)."""
import os, struct, sys
HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "data")
sys.path.insert(0, os.path.join(DATA, "npz"))
from make_npz import npy                                               # noqa: E402


def put(kind, name, b):
    with open(os.path.join(HERE, "corpus", kind, name), "wb") as f: f.write(b)


def get(*path):
    with open(os.path.join(DATA, *path), "rb") as f: return f.read()


def header(text, data=b"", major=1):
    return b"\x93NUMPY" + bytes([major, 0]) + struct.pack("<H" if major == 1 else "<I", len(text)) + text.encode() + data


def npy_files():
    put("npy", "good-f4", npy("(2, 3)", range(6)))
    put("npy", "good-labels", get("labels", "labels2_np25.npy"))
    for tag in "np116", "np25":
        put("npy", "good-ids-" + tag, get("labels", "trainids_%s.npy" % tag))
        put("npy", "good-object-ids-" + tag, get("labels", "trainids_object_%s.npy" % tag))
    put("npy", "good-ids-bytes", get("labels", "spelled_ids_s.npy"))
    put("npy", "good-no-ids", get("labels", "trainids_empty_np25.npy"))
    for d, n in ("<f8", 8), (">f4", 4), ("<f2", 2), ("|u1", 1), ("|b1", 1), ("<i8", 8), (">i2", 2), ("<U2", 8), (">U1", 4):
        put("npy", "good-" + d.strip("<>|") + ("-big" if d[0] == ">" else ""),
            header("{'descr': '%s', 'fortran_order': False, 'shape': (3,), }\n" % d, bytes([65, 0, 0, 0] * n)[:3 * n]))
    put("npy", "good-fortran", header("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3, 2), }\n", bytes(48)))
    put("npy", "odd-version-2", header("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", b"ab", 2))
    put("npy", "odd-version-3", header("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", b"ab", 3))
    put("npy", "odd-order-of-keys", header("{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\"=f4\"}", bytes(8)))
    put("npy", "odd-empty-huge", header("{'descr': '<f4', 'fortran_order': True, 'shape': (0, 18446744073709551615), }\n"))
    put("npy", "odd-bytes-behind", npy("(1,)", [1]) + b"more")
    put("npy", "bad-too-large", header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n", bytes(64)))
    put("npy", "bad-number", header("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }\n"))
    put("npy", "bad-dimensions", header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }\n", bytes(4)))
    put("npy", "bad-structured", header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", bytes(4)))
    put("npy", "bad-key", header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}\n", bytes(4)))
    put("npy", "bad-cut-off-data", npy("(2, 3)", range(6))[:-1])
    put("npy", "bad-cut-off-header", npy("(2, 3)", range(6))[:60])
    put("npy", "bad-empty", b"")
    put("npy", "bad-character", header("{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }\n", b"\0\0\x11\0"))
    put("npy", "bad-nul-inside", header("{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }\n", b"\0\0\0\0a\0\0\0"))


def npz_files():
    for n in sorted(os.listdir(os.path.join(DATA, "npz"))):
        if n.endswith(".npz"): put("npz", ("odd-" if n.startswith("zip") else "good-") + n[:-4], get("npz", n))
    b = get("npz", "zip_aligned.npz"); cd = b.index(b"PK\1\2"); end = b.index(b"PK\5\6")
    def patched(at, v): return b[:at] + v + b[at + len(v):]
    put("npz", "odd-empty-archive", b"PK\5\6" + bytes(18))
    put("npz", "bad-crc", patched(cd + 16, b"\0\0\0\0"))
    put("npz", "bad-size", patched(cd + 24, b"\xff\xff\xff\x7f"))
    put("npz", "bad-offset", patched(cd + 42, b"\xf0\xff\xff\xff"))
    put("npz", "bad-name-length", patched(cd + 28, b"\xff\xff"))
    put("npz", "bad-method", patched(cd + 10, b"\x0c"))
    put("npz", "bad-encrypted", patched(cd + 8, b"\1"))
    put("npz", "bad-zip64", patched(end + 10, b"\xff\xff"))
    put("npz", "bad-count", patched(end + 10, b"\x09"))
    put("npz", "bad-count-few", patched(end + 10, b"\0"))
    put("npz", "bad-directory-offset", patched(end + 16, b"\xff\xff\xff\x7f"))
    put("npz", "bad-local-extra", patched(28, b"\xff\xff"))
    put("npz", "bad-cut-off", b[:-1])
    put("npz", "bad-no-zip", b"\x89HDF\r\n\x1a\n" + bytes(40))
    put("npz", "bad-empty", b"")
    d = get("npz", "np25_py313_deflated.npz"); cd = d.index(b"PK\1\2")
    put("npz", "bad-ratio", d[:cd + 24] + b"\xff\xff\xff\x7f" + d[cd + 28:])
    put("npz", "bad-longer", d[:cd + 24] + b"\xa0\0\0\0" + d[cd + 28:])
    put("npz", "bad-shorter", d[:cd + 24] + b"\x90\0\0\0" + d[cd + 28:])


def pickles():
    def payload(b): return b[10 + struct.unpack_from("<H", b, 8)[0]:]
    for n in "labels0 labels1 labels2 labels_int64 labels_sizes trainids_object".split():
        for t in "np116", "np126", "np25": put("pickle", "good-%s-%s" % (n, t), payload(get("labels", "%s_%s.npy" % (n, t))))
    for n in sorted(os.listdir(os.path.join(DATA, "labels"))):
        if n.startswith("spelled_") and n[-6:] in ("p2.npy", "p4.npy"):
            put("pickle", "good-" + n[:-4].replace("_", "-"), payload(get("labels", n)))
    for name, b in {
        "good-bare-dict": b"\x80\5\x95\x0b\0\0\0\0\0\0\0}\x94\x8c\1a\x94K\7s.",
        "good-bare-list": b"\x80\4](\x8c\1a\x94\x8c\2bc\x94e.",
        "odd-empty-batch": b"}(X\1\0\0\0aK\1u(u.",
        "odd-repeated-key": b"}(\x8c\1aq\0K\1\x8c\1bK\2h\0K\3u.",
        "odd-surrogate": b"}\x8c\3\xed\xb2\x80K\1s.",
        "odd-long1": b"}(\x8c\1a\x8a\0\x8c\1b\x8a\1\xff\x8c\1c\x8a\x08\0\0\0\0\0\0\0\x80u.",
        "bad-os-system": b"\x80\3cos\nsystem\nX\2\0\0\0ls\x85R.",
        "bad-stack-global": b"\x80\4\x8c\5posix\x8c\6system\x93.",
        "bad-opcode": b"\x80\2}\x81.",
        "bad-behind": b"}.}.",
        "bad-cut-off": b"}X\xff\xff\xff\xffa",
        "bad-memo": b"}r\xff\xff\xff\x7f.",
        "bad-memo-empty": b"h\7.",
        "bad-list-in-itself": b"]q\0h\0a.",
        "bad-tower": b"]q\0" + b"".join(b"h%ch%c\x86q%c" % (i, i, i + 1) for i in range(60)) + b".",
        "bad-repeated-text": b"](X\0\1\0\0" + b"x" * 256 + b"q\0" + b"h\0" * 300 + b"e.",
        "bad-mark": b"(((.", "bad-no-mark": b"K\1t.", "bad-tuple": b"K\1\x87.", "bad-odd": b"}(K\1u.", "bad-setitem": b"]K\1K\1s.",
        "bad-key": b"}K\1K\1s.", "bad-value": b"}\x8c\1aNs.", "bad-nul": b"}\x8c\1\0K\1s.", "bad-utf8": b"}\x8c\2\xc0\x80K\1s.",
        "bad-scalar": b"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n\x8c\2f8\x85RC\1x\x86R.",
        "bad-encode": b"c_codecs\nencode\n\x8c\x09xxxxxxxxx\x8c\6latin1\x86R.",
        "bad-encode-not-latin1": b"}c_codecs\nencode\n\x8c\3\xe4\xb8\xad\x8c\6latin1\x86RK\1s.",
        "bad-numpy-bytes-not-latin1": b"}cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n\x8c\2S1\x85R"
                                      b"c_codecs\nencode\n\x8c\3\xe4\xb8\xad\x8c\6latin1\x86R\x86RK\1s.",
        "bad-str-and-bytes": b"}(C\1aK\1\x8c\1aK\2u.",
        "bad-ordered": b"ccollections\nOrderedDict\n]\x85R.",
        "bad-numpy-str": b"}cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n\x8c\2U2\x85RC\5a\0\0\0b\x86RK\1s.",
        "bad-array": b"cnumpy.core.multiarray\n_reconstruct\n)R.",
        "bad-build": b"cnumpy.core.multiarray\n_reconstruct\n)R(K\1))N]tb.",
        "bad-dimensions": b"cnumpy.core.multiarray\n_reconstruct\n)R(K\1K\2K\3\x86NN]tb.",
    }.items(): put("pickle", name, b)


npy_files(); npz_files(); pickles()
