"""Small .npz files as Python's zipfile and numpy write them, for tests/unit/test_npz.c.

make_npz.py numpy TAG     TAG_stored.npz and TAG_deflated.npz by the numpy and Python that run this
make_npz.py zip           odd but valid archives, byte by byte (no numpy needed)

Every file holds the same three arrays: "0" (2,3) 0..5, "1" (4,) -1..2, "2" a scalar 7, all '<f4'.
"""
import os, struct, sys, zlib
HERE = os.path.dirname(os.path.abspath(__file__))


def write_numpy(tag):
    import numpy as np
    a = {"0": np.arange(6, dtype="<f4").reshape(2, 3), "1": np.arange(-1, 3).astype("<f4"), "2": np.array(7, "<f4")}
    np.savez(os.path.join(HERE, tag + "_stored.npz"), **a)
    np.savez_compressed(os.path.join(HERE, tag + "_deflated.npz"), **a)


def npy(shape, values):
    h = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)
    h += " " * (-(10 + len(h) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(h)) + h.encode() + struct.pack("<%df" % len(values), *values)


MEMBERS = [("0.npy", npy("(2, 3)", range(6))), ("1.npy", npy("(4,)", range(-1, 3))), ("2.npy", npy("()", [7]))]


def write_zip(name, members=MEMBERS, method=0, comment=b"", zip64=False, descriptor=False, align=0, date=(0, 0x21), blocks=1):
    out, cd = b"", b""
    for nm, data in members:
        c = zlib.compressobj(6, zlib.DEFLATED, -15)
        step = -(-len(data) // blocks)
        body = b"".join(c.compress(data[i:i + step]) + c.flush(zlib.Z_SYNC_FLUSH) for i in range(0, len(data), step)) + c.flush()
        body = body if method else data
        crc, nm, ex, off = zlib.crc32(data), nm.encode(), b"", len(out)
        if zip64: ex = struct.pack("<HHQQ", 1, 16, len(data), len(body))
        if align:
            need = -(off + 30 + len(nm) + len(ex) + 4) % align
            ex += struct.pack("<HH", 0xD935, need) + bytes(need)
        big, zero = 0xFFFFFFFF, descriptor
        out += struct.pack("<IHHHHHIIIHH", 0x04034B50, 45 if zip64 else 20, 8 if descriptor else 0, method, date[0], date[1],
                           0 if zero else crc, 0 if zero else big if zip64 else len(body), 0 if zero else big if zip64 else len(data), len(nm), len(ex)) + nm + ex + body
        if descriptor: out += struct.pack("<IIII", 0x08074B50, crc, len(body), len(data))
        cd += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 0x0314, 20, 8 if descriptor else 0, method, date[0], date[1],
                          crc, len(body), len(data), len(nm), 0, 0, 0, 0, 0o600 << 16, off) + nm
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(members), len(members), len(cd), len(out), len(comment)) + comment
    with open(os.path.join(HERE, name + ".npz"), "wb") as f: f.write(out + cd + end)


def write_all():
    write_zip("zip_descriptor", descriptor=True)
    write_zip("zip_descriptor_deflated", descriptor=True, method=8)
    write_zip("zip_aligned", align=64)
    write_zip("zip_zip64_local", zip64=True)
    write_zip("zip_reversed", members=MEMBERS[::-1])
    write_zip("zip_date0", date=(0, 0))
    write_zip("zip_blocks", method=8, blocks=5)
    write_zip("zip_comment", comment=b'{"num_examples": 3}')
    # the signature of an end record in the comment is no end record
    write_zip("zip_tricky_comment", comment=b"PK\x05\x06" + b"x" * 60)


if __name__ == "__main__":
    write_numpy(sys.argv[2]) if sys.argv[1] == "numpy" else write_all()
