#!/usr/bin/env python3
"""Every tag of baseline TIFF, and others that libtiff knows, with odd values: what Pillow makes of each.

usage: make_tiff_tags.py [TABLE]      needs numpy and Pillow (made with 13.0)

Writes tiff_tags.tsv, many files a line: base, order (II, MM; + for BigTIFF), form of the pixels (raw, packbits), Pillow's answer, and
for each file the changes of the tags of that base. The answer is "refused", "=" (the pixels of the base), or width, height and the first
16 digits of the SHA-256 of the RGBA bytes. Changes behind a ! are refused by aml although Pillow reads them: 12 and 32 bits, Lab, strips
that are missing or damaged, subsampled YCbCr without compression, tags that libtiff 4.5 and Pillow take differently, and what Pillow
reads as noise (planes without compression of other than 8 bits, signed 16-bit samples from the other byte order). These marks are
kept from the table as it was. The files themselves are built here (tiff) and in tests/unit/test_tiff_tags.c from the same words:

 TAG:TYPE:V,V...    numbers; a rational takes two; @N: offset of byte N of the pixels; #: bytes of all pixels
 TAG:TYPE:COUNT=V   a count and a field as they are, whatever lies there
 -TAG               no such tag

A base is such a list too, on a line of its own: "base", name, list.
"""
import hashlib, io, itertools, os, struct, sys, warnings

PIXELS = 3072                                           # 16 x 16 of six samples of 16 bits
SIZE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 1, 7: 1, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
COMMON = "256:3:16 257:3:16"
END = "273:4:@0 278:3:16 279:4:#"


def base(bits, photometric, samples, more=""):
    words = "%s 258:3:%s 259:3:1 262:3:%d 277:3:%d %s %s" % (COMMON, ",".join([str(bits)] * samples), photometric, samples, END, more)
    return " ".join(sorted(words.split(), key=lambda w: int(w.split(":")[0])))


PALETTE = "320:3:" + ",".join(str(i * 251 % 65536) for i in range(48))
BASES = {
    "grey": base(8, 1, 1), "white": base(8, 0, 1), "bits": base(1, 1, 1), "grey16": base(16, 1, 1), "signed": base(16, 1, 1, "339:3:2"),
    "greyalpha": base(8, 1, 2, "338:3:2"), "rgb": base(8, 2, 3), "rgba": base(8, 2, 4, "338:3:2"), "rgb16": base(16, 2, 3),
    "palette": base(4, 3, 1, PALETTE), "cmyk": base(8, 5, 4), "ycbcr": base(8, 6, 3, "530:3:1,1"),
    "planes": base(8, 2, 3, "284:3:2").replace("273:4:@0", "273:4:@0,@256,@512").replace("279:4:#", "279:4:256,256,256"),
    "strips": base(8, 2, 3).replace("273:4:@0", "273:4:@0,@384").replace("278:3:16 279:4:#", "278:3:8 279:4:384,384"),
    "planes4": base(8, 2, 4, "284:3:2 338:3:2").replace("273:4:@0", "273:4:@0,@256,@512,@768").replace("279:4:#", "279:4:256,256,256,256"),
    "tiles": "%s 258:3:8,8,8 259:3:1 262:3:2 277:3:3 322:3:16 323:3:16 324:4:@0 325:4:#" % COMMON,
}


# ---- files ----

def pixels(form):
    data = bytes((i * 73 + i // 7 * 29) & 255 for i in range(PIXELS))
    if form == "packbits":                              # literal runs of 128 bytes
        data = b"".join(b"\x7f" + data[i:i + 128] for i in range(0, PIXELS, 128))
    return data


def edited(words, changes):
    """The words of a list with CHANGES; those of one tag stay in their order."""
    tag = lambda w: int(w.lstrip("-").split(":")[0])
    gone = {tag(c) for c in changes}
    return sorted([w for w in words if tag(w) not in gone] + [c for c in changes if c[0] != "-"], key=tag)


def tiff(order, form, words):
    e, big = "<" if order[0] == "I" else ">", order.endswith("+")
    start, data = 16 if big else 8, pixels(form)
    where = lambda n: start + (n // 128 * 129 if form == "packbits" else n)
    number = lambda v: where(int(v[1:])) if v[0] == "@" else len(data) if v[0] == "#" else int(v)
    room, entries, apart = (8 if big else 4), b"", b""
    ifd = start + len(data)
    after = ifd + (8 if big else 2) + len(words) * (20 if big else 12) + room
    for w in words:
        tag, kind, values = w.split(":")
        size = SIZE.get(int(kind), 4)
        if "=" in values:
            count, field = map(int, values.split("="))
            field = struct.pack(e + ("Q" if big else "I"), field)
        else:
            values = [number(v) for v in values.split(",")]
            count = len(values) // 2 if kind in ("5", "10") else len(values)
            field = b"".join(v.to_bytes(size, "little" if e == "<" else "big") for v in values)
            if len(field) > room:
                apart += field + bytes(-len(field) % 8)
                field = struct.pack(e + ("Q" if big else "I"), after + len(apart) - len(field) - -len(field) % 8)
        entries += struct.pack(e + ("HHQ" if big else "HHI"), int(tag), int(kind), count) + field.ljust(room, b"\0")
    head = order[:2].encode() + struct.pack(e + ("HHHQ" if big else "HI"), *((43, 8, 0, ifd) if big else (42, ifd)))
    return head + data + struct.pack(e + ("Q" if big else "H"), len(words)) + entries + bytes(room) + apart


def pillow(data):
    from PIL import Image
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            im = Image.open(io.BytesIO(data)).convert("RGBA")
    except Exception:
        return "refused"
    return "%d %d %s" % (im.width, im.height, hashlib.sha256(im.tobytes()).hexdigest()[:16])


# ---- cases ----

# that pixels do not depend on
OTHERS = [254, 255, 263, 264, 265, 269, 270, 271, 272, 280, 281, 282, 283, 285, 286, 287, 288, 289, 290, 291, 296, 297, 301, 305, 306,
          315, 316, 318, 319, 321, 330, 332, 333, 334, 336, 337, 340, 341, 342, 529, 531, 700, 33432, 33723, 34377, 34665, 34675, 34853,
          37724, 42112, 50706, 50838, 65000]
ODD = ["1:7", "2:0", "2:255,255", "3:0", "3:9", "3:65535", "3:1,2,3", "4:4294967295", "5:0,0", "7:1", "9:4294967295", "11:2143289344", "99:1"]
LOST = "4:9=4000000"                                    # nine values beyond the end of the file
PIXEL = {
    256: ["-", "1:16", "3:0", "3:8", "3:16,4", "3:17", "4:16", "9:16", "16:16", "4:4294967295", "5:16,1", LOST],
    257: ["-", "1:16", "3:0", "3:8", "3:16,4", "4:16", "4:4294967295", LOST],
    258: ["-", "3:0", "3:1", "3:2", "3:3", "3:4", "3:8", "3:16", "3:32", "3:8,8", "3:8,8,8", "3:8,8,8,8", "3:8,8,16", "3:5,6,5", "4:8",
          "4:8,8,8", "1:8", LOST],
    259: ["-", "3:0", "3:1,1", "3:2", "3:9", "3:34888", "4:1", "1:1", LOST],
    262: ["-", "3:0", "3:1", "3:2", "3:3", "3:4", "3:5", "3:6", "3:8", "3:9", "3:10", "3:32803", "3:34892", "3:1,1", "3:2,1", "4:1", "4:2",
          "1:2", LOST],
    266: ["-", "3:0", "3:1", "3:2", "3:3", "3:1,2", "4:2", "1:2", LOST],
    273: ["-", "4:4000000", "4:1=4000000", "3:@0", "4:@0,@256", "4:@256,@0", "4:0", "9:@0", LOST],
    274: ["3:0", "3:1", "3:6", "3:8", "3:9", "3:65535", "3:6,1", "3:1,6", "4:6", "9:6", "1:6", "2:6,0", "5:6,1", "5:6,0", "7:6", "99:6", LOST],
    277: ["-", "3:0", "3:1", "3:2", "3:3", "3:4", "3:5", "3:6", "3:7", "3:65535", "3:3,1", "3:1,3", "4:3", "4:1", "1:3", LOST],
    278: ["-", "3:0", "3:1", "3:8", "3:15", "3:17", "3:65535", "4:4294967295", "3:16,1", "1:16", LOST],
    279: ["-", "4:0", "4:1", "4:4000000", "3:#", "4:#,1", "1:9", LOST],
    284: ["-", "3:0", "3:1", "3:2", "3:3", "3:1,2", "3:2,1", "4:2", "4:1", "1:2", LOST],
    317: ["3:0", "3:1", "3:2", "3:3", "3:9", "4:2", "1:2"],
    320: ["-", "3:1,2,3", "3:" + ",".join(["4660"] * 6), "3:" + ",".join(["4660"] * 768), "4:" + ",".join(str(i * 99) for i in range(48)),
          "3:1,2", LOST],
    322: ["3:16", "3:32"],
    338: ["-", "3:0", "3:1", "3:2", "3:3", "3:999", "3:0,0", "3:1,0", "3:2,0", "3:0,2", "3:2,2", "3:0,0,0", "3:0,0,0,0", "4:2", "4:0", "1:0",
          LOST],
    339: ["-", "3:0", "3:1", "3:2", "3:3", "3:4", "3:5", "3:1,1", "3:1,1,1", "3:1,1,1,1", "3:2,2,2", "3:1,2,1", "3:2,1", "4:1", "1:1", LOST],
    347: ["7:1,2,3", "3:9"],
    512: ["3:1"],
    513: ["4:8"],
    530: ["-", "3:1,1", "3:2,2", "3:2,1", "3:0,0", "3:3,3", "3:1", "4:1,1"],
    532: ["5:0,1,255,1,128,1,255,1,128,1,255,1", "5:16,1,235,1,128,1,240,1,128,1,240,1", "5:0,0,0,0,0,0,0,0,0,0,0,0", "3:0,255"],
}
TILES = {
    322: ["-", "3:0", "3:8", "3:15", "3:16", "3:32", "4:4294967295", "3:16,2", "1:16"],
    323: ["-", "3:0", "3:8", "3:15", "3:32", "4:4294967295", "3:16,2", "1:16"],
    324: ["-", "4:4000000", "4:@0,@256", LOST],
    325: ["-", "4:0", "4:1", "4:4000000"],
    273: ["4:@0"],
    278: ["3:16", "3:0"],
}
PAIRS = ["277:3:3 258:3:8,8,8", "277:3:3 258:3:8", "277:3:1 258:3:8", "277:3:2 258:3:8,8", "277:3:4 258:3:8,8,8,8", "277:3:5 258:3:8,8,8,8,8",
         "277:3:6 258:3:8,8,8,8,8,8", "277:3:2 258:3:16,16", "277:3:4 258:3:16,16,16,16", "277:3:5 258:3:16,16,16,16,16", "277:3:4 258:3:4,4,4,4",
         "277:3:3 258:3:1,1,1", "277:3:3 258:3:32,32,32", "277:3:1 258:3:12", "277:3:1 258:3:2", "277:3:1 258:3:4"]
XMP = ['tiff:Orientation="6"', "<tiff:Orientation>3</tiff:Orientation>", 'tiff:Orientation="9"', "tiff:Orientation='6'",
       'tiff:Orientation=" tiff:Orientation="8"']


def cases():
    """(base, order, form, changes)"""
    for name in BASES:
        yield name, "II", "raw", ""
        yield name, "II", "packbits", ""
    for tag in OTHERS:
        for odd in ODD + [LOST]:
            if tag in (34665, 34853) and odd.startswith("9:"):
                continue                                # Pillow seeks to where they point
            yield "rgb", "II", "raw", "%d:%s" % (tag, odd)
            yield "rgb", "II", "packbits", "%d:%s" % (tag, odd)
    for name in BASES:
        changes = TILES if name == "tiles" else PIXEL
        forms = ("raw",) if name in ("planes", "planes4", "strips", "tiles") else ("raw", "packbits")
        for form in forms:
            for order in "II", "MM", "II+":
                yield name, order, form, ""
            for tag, odds in changes.items():
                if name in ("white", "rgb16", "cmyk", "signed") and tag in (256, 257, 273, 278, 279, 347, 512, 513, 322):
                    continue
                if name not in ("palette", "rgb") and tag == 320:
                    continue
                for odd in odds:
                    yield name, "II", form, "-%d" % tag if odd == "-" else "%d:%s" % (tag, odd)
        if name not in ("planes", "planes4", "strips", "tiles", "signed"):
            for pair in PAIRS:
                for extra in "-338", "338:3:0", "338:3:1", "338:3:2", "338:3:0,0", "338:3:2,0", "338:3:0,0,0":
                    if name in ("grey", "rgb", "cmyk", "palette", "ycbcr") or extra in ("-338", "338:3:2"):
                        yield name, "II", "raw", pair + " " + extra
    for name in "bits", "grey", "grey16", "rgb", "rgb16", "palette", "white", "signed":
        for fill in 1, 2:
            for order in "II", "MM":
                yield name, order, "raw", "266:3:%d" % fill
    for photometric, bits, fill, planar in itertools.product((0, 1, 3), (1, 2, 4, 8), (1, 2), (1, 2)):
        colours = " 320:3:" + ",".join(str(i * 77) for i in range(3 << bits)) if photometric == 3 else ""
        for form in "raw", "packbits":
            yield "grey", "II", form, "258:3:%d 262:3:%d 266:3:%d 284:3:%d%s" % (bits, photometric, fill, planar, colours)
    for name, order, bits, form in itertools.product(("rgb16", "cmyk", "grey16", "signed"), ("II", "MM"), (8, 16), ("raw", "packbits")):
        n = {"rgb16": 3, "cmyk": 4}.get(name, 1)
        at, size = ["@%d" % (i * 512) for i in range(n)], ["512"] * n
        if form == "raw":
            yield name, order, form, "258:3:%s 284:3:2 273:4:%s 279:4:%s" % (",".join([str(bits)] * n), ",".join(at), ",".join(size))
        yield name, order, form, "258:3:%s" % ",".join([str(bits)] * n)
    for kind in "5:6,1", "5:12,2", "5:13,2", "10:6,1", "10:4294967290,4294967295", "11:1086324736", "11:1086324737", "12:4618441417868443648":
        yield "rgb", "II", "raw", "274:" + kind
    for text in XMP:
        for kind in 1, 2, 7:
            yield "rgb", "II", "raw", "700:%d:%s" % (kind, ",".join(str(b) for b in text.encode()))
        yield "rgb", "MM", "packbits", "700:1:%s" % ",".join(str(b) for b in text.encode())
        yield "rgb", "II", "raw", "274:3:1 700:1:%s" % ",".join(str(b) for b in text.encode())
    for twice in ("262:3:2 262:3:1", "262:3:1 262:3:2", "277:3:3 277:3:1", "274:3:6 274:3:1", "274:99:6 274:3:6", "274:3:0=0 274:3:6",
                  "256:3:16 256:3:8"):
        for form in "raw", "packbits":
            yield "rgb", "II", form, twice
    yield "rgb", "II", "raw", "48129:3:1"
    yield "tiles", "II", "raw", "256:3:20 257:3:20 322:3:16 323:3:16 324:4:@0,@768,@1536,@2304 325:4:768,768,768,768"
    yield "grey", "II", "raw", "277:3:2 258:3:8,8 284:3:2 338:3:2 273:4:@0,@256 279:4:256,256"


def built(name, order, form, changes):
    words = BASES[name].split()
    if form == "packbits":
        words = edited(words, ["259:3:32773"])
    return tiff(order, form, edited(words, changes.split()))


def marks(path):
    """The cases that the table at PATH says are refused by aml alone."""
    found = set()
    with open(path) as table:
        for line in table:
            name, order, form, *changes = line.rstrip("\n").split("\t")
            found |= {(name, order, form, c[1:]) for c in changes if c[:1] == "!"}
    return found


def main():
    import PIL
    here = os.path.dirname(os.path.abspath(__file__))
    answers, lines = {}, {}
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "tiff_tags.tsv")
    marked = marks(path)
    for case in dict.fromkeys(cases()):
        name, order, form, changes = case
        plain = answers.setdefault((name, form), pillow(built(name, "II", form, "")))
        answer = pillow(built(*case))
        same = changes and answer == plain and plain != "refused"
        lines.setdefault((name, order, form, "=" if same else answer), []).append("!" * (case in marked) + changes)
    with open(path, "w") as table:
        for name, words in BASES.items():
            print("base", name, words, sep="\t", file=table)
        for key, changes in lines.items():
            print(*key, *changes, sep="\t", file=table)
    print(sum(map(len, lines.values())), "files, Pillow", PIL.__version__)


if __name__ == "__main__":
    main()
