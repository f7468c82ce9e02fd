#!/usr/bin/env python3
"""Small pictures in every form that aml reads, and what Pillow makes of each.

usage: make_images.py [DIR]      needs numpy and Pillow (made with 13.0)

Writes NAME.tiff or NAME.png, and pixels.tsv: name, width, height and SHA-256 of the bytes of
Image.open(...).convert("RGBA") for each; and broken/, files that must be refused. The files come from the two writers below, which know what Pillow's own do not: tiles, planes, BigTIFF, both byte orders, Adam7, odd depths.
Pillow does not know the header of a big-endian BigTIFF: those are to give the pixels of their little-endian twins.
"""
import hashlib, io, os, struct, sys, zlib
import numpy as np
import PIL
from PIL import Image

HERE = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
NONE, G3, G4, LZW, JPEG, DEFLATE, PACKBITS = 1, 3, 4, 5, 7, 8, 32773


# ---- compression ----

def packbits(data):
    out, i = bytearray(), 0
    while i < len(data):
        n = 1
        while n < 128 and i + n < len(data) and data[i + n] == data[i]:
            n += 1
        if n > 1:
            out += bytes([257 - n, data[i]])
        else:
            while n < 128 and i + n < len(data) and (i + n + 1 >= len(data) or data[i + n] != data[i + n + 1]):
                n += 1
            out += bytes([n - 1]) + data[i:i + n]
        i += n
    return bytes(out)


def lzw(data):
    """TIFF's variant: most significant bit first, codes grow one entry early."""
    bits, table, width, text = "", None, 9, b""

    def emit(code):
        nonlocal bits
        bits += format(code, "0%db" % width)

    emit(256)
    table = {bytes([i]): i for i in range(256)}
    size = 258
    for b in data:
        if text + bytes([b]) in table:
            text += bytes([b])
            continue
        emit(table[text])
        table[text + bytes([b])] = size
        size += 1
        if size == 4094:
            emit(256)
            table, size, width = {bytes([i]): i for i in range(256)}, 258, 9
        elif size in (512, 1024, 2048):
            width += 1
        text = bytes([b])
    if text:
        emit(table[text])
        if size + 1 in (512, 1024, 2048):
            width += 1
    emit(257)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def jpeg(block, photometric):
    """One abbreviated-free JPEG stream a block; YCbCr without subsampling, or grey."""
    out = io.BytesIO()
    im = Image.fromarray(block.squeeze())
    if photometric == 6 and block.shape[-1] == 3:
        im.save(out, "JPEG", quality=90, subsampling=SUBSAMPLING)
    else:
        im.save(out, "JPEG", quality=90)
    return out.getvalue()


SUBSAMPLING = 0


# ---- TIFF ----

def pack_rows(a, bits, order):
    """(rows, width, samples) of unsigned numbers -> bytes, each row padded to a byte"""
    flat = a.reshape(a.shape[0], -1)
    if bits == 8:
        return flat.astype("u1").tobytes()
    if bits in (16, 32):
        return flat.astype(order + "u%d" % (bits // 8)).tobytes()
    text = [format("".join(format(int(v), "0%db" % bits) for v in row)) for row in flat]
    return b"".join(int(t + "0" * (-len(t) % 8), 2).to_bytes((len(t) + 7) // 8, "big") for t in text)


def difference(a):
    d = a.copy()
    d[:, 1:] -= a[:, :-1]
    return d


def tiff(a, photometric, bits=8, order="<", big=False, compression=NONE, predictor=1, tile=None, rows=None, planar=1,
         extra=(), palette=None, tags=(), more_pages=0, fill_order=1, cut=0):
    """a: (height, width, samples). TILE: (width, height). ROWS: of a strip."""
    h, w, n = a.shape
    e = order
    out = bytearray((b"II" if e == "<" else b"MM") + struct.pack(e + "H", 43 if big else 42))
    out += struct.pack(e + ("HHQ" if big else "I"), *((8, 0, 0) if big else (0,)))
    link = len(out) - (8 if big else 4)
    for page in range(more_pages + 1):
        src = a if page == 0 else 255 - a
        planes = [src] if planar == 1 else [src[..., i:i + 1] for i in range(n)]
        blocks = []
        for p in planes:
            if tile:
                for y in range(0, h, tile[1]):
                    for x in range(0, w, tile[0]):
                        t = np.zeros((tile[1], tile[0], p.shape[2]), p.dtype)
                        c = p[y:y + tile[1], x:x + tile[0]]
                        t[:c.shape[0], :c.shape[1]] = c
                        blocks.append(t)
            else:
                step = rows or h
                blocks += [p[y:y + step] for y in range(0, h, step)]
        coded = []
        for b in blocks:
            if compression == JPEG:
                coded.append(jpeg(b, photometric))
                continue
            data = pack_rows(difference(b) if predictor == 2 else b, bits, e)
            if fill_order == 2:
                data = bytes(int(format(v, "08b")[::-1], 2) for v in data)
            if compression in (G3, G4):
                im = Image.frombytes("1", (b.shape[1], b.shape[0]), data)
                f = io.BytesIO()
                im.save(f, "TIFF", compression="group%d" % compression)
                g = Image.open(io.BytesIO(f.getvalue()))
                data = f.getvalue()[g.tag_v2[273][0]:][:g.tag_v2[279][0]]
            coded.append({LZW: lzw, DEFLATE: zlib.compress, PACKBITS: packbits}.get(compression, bytes)(data))
        offsets = []
        for c in coded:
            offsets.append(len(out))
            out += c + b"\0" * (len(c) % 2)
        long = 16 if big else 4
        entries = [(256, 3, [w]), (257, 3, [h]), (258, 3, [bits] * n), (259, 3, [compression]), (262, 3, [photometric]),
                   (277, 3, [n]), (284, 3, [planar])]
        if tile:
            entries += [(322, 3, [tile[0]]), (323, 3, [tile[1]]), (324, long, offsets), (325, long, [len(c) for c in coded])]
        else:
            entries += [(273, long, offsets), (278, 3, [rows or h]), (279, long, [len(c) for c in coded])]
        if predictor != 1:
            entries.append((317, 3, [predictor]))
        if fill_order != 1:
            entries.append((266, 3, [fill_order]))
        if extra:
            entries.append((338, 3, list(extra)))
        if palette is not None:
            entries.append((320, 3, [int(v) * 257 for v in palette.T.reshape(-1)]))
        if compression == JPEG and photometric == 6 and n == 3:
            entries.append((530, 3, [2, 2] if SUBSAMPLING else [1, 1]))
        entries = [x for x in entries if x[0] not in [t[0] for t in tags]] + list(tags)
        entries.sort()
        room = 8 if big else 4
        fields = []
        for tag, kind, values in entries:
            data = struct.pack(e + "%d%s" % (len(values), {3: "H", 4: "I", 16: "Q"}[kind]), *values)
            if len(data) > room:
                at = len(out)
                out += data + b"\0" * (len(data) % 2)
                data = struct.pack(e + ("Q" if big else "I"), at)
            fields.append(struct.pack(e + ("HHQ" if big else "HHI"), tag, kind, len(values)) + data.ljust(room, b"\0"))
        at = len(out)
        out[link:link + room] = struct.pack(e + ("Q" if big else "I"), at)
        out += struct.pack(e + ("Q" if big else "H"), len(fields)) + b"".join(fields)
        link = len(out)
        out += b"\0" * room
    return bytes(out[:len(out) - cut])


# ---- PNG ----

def png(a, colour_type, depth=8, interlace=False, chunks=()):
    """a: (height, width, samples) of unsigned numbers below 2^depth"""
    h, w, n = a.shape

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    def filtered(b):
        rows, prior, data = [], None, b""
        if not b.size:
            return b""
        size = len(pack_rows(b[:1], depth, ">"))
        step = max(1, n * depth // 8)
        for y in range(b.shape[0]):
            row = np.frombuffer(pack_rows(b[y:y + 1], depth, ">"), "u1").astype(int)
            up = prior if prior is not None else np.zeros(size, int)
            left = np.concatenate([np.zeros(step, int), row[:-step]])[:size]
            diag = np.concatenate([np.zeros(step, int), up[:-step]])[:size]
            pa, pb, pc = abs(up - diag), abs(left - diag), abs(left + up - 2 * diag)
            paeth = np.where((pa <= pb) & (pa <= pc), left, np.where(pb <= pc, up, diag))
            kind = y % 5
            guess = [0 * row, left, up, (left + up) // 2, paeth][kind]
            data += bytes([kind]) + ((row - guess) % 256).astype("u1").tobytes()
            prior = row
        return data

    if interlace:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        body = b"".join(filtered(a[y::dy, x::dx]) for y, x, dy, dx in passes)
    else:
        body = filtered(a)
    packed = zlib.compress(body, 9)
    half = len(packed) // 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour_type, 0, 0, interlace)) +
            b"".join(chunk(k, d) for k, d in chunks) + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) +
            chunk(b"IEND", b""))


# ---- cases ----

rng = np.random.default_rng(4)
H, W = 11, 13


def noise(n, bits=8, h=H, w=W):
    a = rng.integers(0, 2 ** bits, (h, w, n))
    a[2:5, 1:6] = a[h // 4, w // 8]                      # a run
    return a.astype("u2" if bits == 16 else "u1")


def with_alpha(a, bits=8):
    top = 2 ** bits - 1
    a[0:3, :, -1] = top
    a[3:5, :, -1] = 0
    return a


def premultiplied(a, bits=8):
    a = with_alpha(a, bits)
    a[..., :-1] = np.minimum(a[..., :-1], a[..., -1:])
    a[6, :, 0] = 2 ** bits - 1                          # more than alpha: clipped on the way back
    return a


def smooth(n, h=32, w=40):
    y, x = np.mgrid[0:h, 0:w]
    return np.stack([127 + 90 * np.sin(x / (5 + c) + y / (7 + 2 * c)) for c in range(n)], -1).astype("u1")


cases, same_as, broken = {}, {}, {}


def tiff_cases():
    global SUBSAMPLING
    rgba, rgb, rgb16, grey16 = noise(4), noise(3), noise(3, 16), noise(1, 16) >> 7
    for order, word in (("<", "le"), (">", "be")):
        for big in (0, 1):
            name = word + ("_big" if big else "")
            cases["rgba_%s.tiff" % name] = tiff(rgba, 2, order=order, big=big, extra=(2,), rows=4)
            cases["rgb16_%s_deflate.tiff" % name] = tiff(rgb16, 2, 16, order, big, DEFLATE, 2, rows=5)
            cases["grey16_%s_lzw_tiles.tiff" % name] = tiff(grey16, 1, 16, order, big, LZW, tile=(16, 16))
    for name in "rgba_be_big", "rgb16_be_big_deflate", "grey16_be_big_lzw_tiles":   # Pillow does not know this header
        same_as[name + ".tiff"] = name.replace("_be_", "_le_") + ".tiff"
    for c, word in ((NONE, "none"), (LZW, "lzw"), (DEFLATE, "deflate"), (PACKBITS, "packbits")):
        cases["rgba_%s.tiff" % word] = tiff(rgba, 2, compression=c)
        cases["rgba_%s_strips.tiff" % word] = tiff(rgba, 2, compression=c, rows=3, extra=(2,))
        cases["rgb_%s_tiles.tiff" % word] = tiff(noise(3, h=37, w=35), 2, compression=c, tile=(16, 16))
        cases["rgb_%s_planes.tiff" % word] = tiff(rgb, 2, compression=c, planar=2, rows=4)
        cases["rgba_%s_planes_tiles.tiff" % word] = tiff(rgba, 2, compression=c, planar=2, tile=(16, 16), extra=(2,))
        cases["bilevel_%s.tiff" % word] = tiff(noise(1, 1), 1, 1, compression=c)
        if c in (LZW, DEFLATE):
            cases["rgba_%s_predictor.tiff" % word] = tiff(rgba, 2, compression=c, predictor=2, rows=3)
            cases["rgb_%s_predictor_tiles.tiff" % word] = tiff(rgb, 2, compression=c, predictor=2, tile=(16, 16))
            cases["rgba16_%s_planes.tiff" % word] = tiff(noise(4, 16), 2, 16, compression=c, planar=2, rows=4, extra=(2,))
    cases["rgba_lzw_long.tiff" ] = tiff(noise(4, h=40, w=60), 2, compression=LZW)             # the table fills
    cases["rgba_lzw_flat.tiff"] = tiff(np.full((40, 60, 4), 200, "u1"), 2, compression=LZW)   # long strings
    for c, word in ((G3, "g3"), (G4, "g4")):
        cases["bilevel_%s.tiff" % word] = tiff(noise(1, 1), 0, 1, compression=c)
    for p, word in ((0, "white"), (1, "black")):
        for bits in (1, 2, 4, 8):
            cases["grey%d_min_is_%s.tiff" % (bits, word)] = tiff(noise(1, bits), p, bits)
            cases["grey%d_min_is_%s_lzw.tiff" % (bits, word)] = tiff(noise(1, bits), p, bits, compression=LZW)
    cases["grey16_min_is_white.tiff"] = tiff(noise(1, 16), 0, 16)
    cases["grey16.tiff"] = tiff(noise(1, 16) >> 6, 1, 16)
    cases["grey16_signed.tiff"] = tiff(noise(1, 16), 1, 16, tags=[(339, 3, [2])])
    cases["grey16_signed_be.tiff"] = tiff(noise(1, 16) >> 6, 1, 16, ">", tags=[(339, 3, [2])])
    cases["grey8_signed.tiff"] = tiff(noise(1), 1, tags=[(339, 3, [2])])
    for bits in (1, 2, 4, 8):
        palette = rng.integers(0, 256, (2 ** bits, 3))
        cases["palette%d.tiff" % bits] = tiff(noise(1, bits), 3, bits, palette=palette)
        cases["palette%d_deflate.tiff" % bits] = tiff(noise(1, bits), 3, bits, palette=palette, compression=DEFLATE)
    palette = rng.integers(0, 256, (256, 3))
    cases["palette_unspecified.tiff"] = tiff(noise(2), 3, palette=palette, extra=(0,))
    cases["palette_alpha.tiff"] = tiff(with_alpha(noise(2)), 3, palette=palette, extra=(2,))
    cases["grey_alpha.tiff"] = tiff(with_alpha(noise(2)), 1, extra=(2,))
    cases["grey_alpha_lzw_tiles.tiff"] = tiff(with_alpha(noise(2)), 1, extra=(2,), compression=LZW, tile=(16, 16))
    cases["grey_unspecified.tiff"] = tiff(noise(2), 1, extra=(0,))
    for bits in (8, 16):
        for c, word in ((NONE, ""), (DEFLATE, "_deflate")):
            for order in "<>":
                name = "%s%s%s.tiff" % ("" if bits == 8 else "16", word, "" if order == "<" else "_be")
                cases["rgb_associated" + name] = tiff(premultiplied(noise(4, bits), bits), 2, bits, order, compression=c, extra=(1,))
                cases["rgb_unassociated" + name] = tiff(with_alpha(noise(4, bits), bits), 2, bits, order, compression=c, extra=(2,))
                cases["rgb_unspecified" + name] = tiff(noise(4, bits), 2, bits, order, compression=c, extra=(0,))
                cases["rgb_four_samples" + name] = tiff(noise(4, bits), 2, bits, order, compression=c)
                cases["rgb_three" + name] = tiff(noise(3, bits), 2, bits, order, compression=c)
                cases["cmyk" + name] = tiff(noise(4, bits), 5, bits, order, compression=c)
    cases["rgb_associated_planes_lzw.tiff"] = tiff(premultiplied(noise(4)), 2, planar=2, compression=LZW, extra=(1,), rows=4)
    for kinds in ((0, 0), (1, 0), (2, 0), (2, 0, 0), (1, 0, 0), (0, 0, 0)):
        cases["rgb_extra_%s.tiff" % "".join(map(str, kinds))] = tiff(noise(3 + len(kinds)), 2, extra=kinds, compression=LZW)
    cases["rgb_extra_00_planes.tiff"] = tiff(noise(5), 2, extra=(0, 0), planar=2, compression=LZW)
    cases["cmyk_extra_0.tiff"] = tiff(noise(5), 5, extra=(0,), compression=DEFLATE)
    cases["cmyk_planes_lzw.tiff"] = tiff(noise(4), 5, planar=2, compression=LZW)
    cases["corel_999.tiff"] = tiff(rgba, 2, extra=(999,))
    cases["pages_3.tiff"] = tiff(rgba, 2, more_pages=2, compression=LZW)
    cases["fill_order_2.tiff"] = tiff(noise(1, 1), 1, 1, fill_order=2)
    cases["fill_order_2_rgb.tiff"] = tiff(rgb, 2, fill_order=2)
    cases["one_pixel.tiff"] = tiff(noise(4, h=1, w=1), 2)
    for o in range(1, 9):
        cases["orientation_%d.tiff" % o] = tiff(rgba[:7], 2, compression=LZW, tags=[(274, 3, [o])])
        cases["orientation_%d_none.tiff" % o] = tiff(rgb[:7], 2, tags=[(274, 3, [o])])
    cases["jpeg_grey.tiff"] = tiff(smooth(1), 1, compression=JPEG)
    cases["jpeg_ycbcr.tiff"] = tiff(smooth(3), 6, compression=JPEG)
    cases["jpeg_ycbcr_strips.tiff"] = tiff(smooth(3), 6, compression=JPEG, rows=16)
    cases["jpeg_ycbcr_tiles.tiff"] = tiff(smooth(3, 50, 50), 6, compression=JPEG, tile=(32, 32))
    SUBSAMPLING = 2
    cases["jpeg_ycbcr_subsampled.tiff"] = tiff(smooth(3), 6, compression=JPEG)
    cases["jpeg_ycbcr_subsampled_odd.tiff"] = tiff(smooth(3, 35, 41), 6, compression=JPEG)
    SUBSAMPLING = 0
    cases["ycbcr_lzw.tiff"] = tiff(smooth(3), 6, compression=LZW, tags=[(530, 3, [1, 1])])


def png_cases():
    for interlace in (0, 1):
        end = "_adam7.png" if interlace else ".png"
        for depth in (1, 2, 4, 8, 16):
            grey = noise(1, depth)
            cases["grey%d%s" % (depth, end)] = png(grey, 0, depth, interlace)
            for key in (0, 1, int(grey[2, 1, 0]), 2 ** depth - 1):
                cases["grey%d_key%d%s" % (depth, key, end)] = png(grey, 0, depth, interlace, [(b"tRNS", struct.pack(">H", key))])
        for depth in (1, 2, 4, 8):
            index = noise(1, depth)
            colours = rng.integers(0, 256, 3 * 2 ** depth).astype("u1").tobytes()
            plte = [(b"PLTE", colours)]
            cases["palette%d%s" % (depth, end)] = png(index, 3, depth, interlace, plte)
            cases["palette%d_one_clear%s" % (depth, end)] = png(index, 3, depth, interlace, plte + [(b"tRNS", b"\xff\0")])
            cases["palette%d_alphas%s" % (depth, end)] = png(index, 3, depth, interlace, plte + [(b"tRNS", b"\x80\x40")])
        for depth in (8, 16):
            rgb = noise(3, depth)
            key = struct.pack(">HHH", *map(int, rgb[2, 1]))
            low = struct.pack(">HHH", *(int(v) >> (depth - 8) for v in rgb[2, 1]))
            cases["rgb%d%s" % (depth, end)] = png(rgb, 2, depth, interlace)
            cases["rgb%d_key%s" % (depth, end)] = png(rgb, 2, depth, interlace, [(b"tRNS", key)])
            cases["rgb%d_low_key%s" % (depth, end)] = png(rgb, 2, depth, interlace, [(b"tRNS", low)])
            cases["grey_alpha%d%s" % (depth, end)] = png(noise(2, depth), 4, depth, interlace)
            cases["rgba%d%s" % (depth, end)] = png(noise(4, depth), 6, depth, interlace)
    cases["palette_short.png"] = png(noise(1), 3, 8, 0, [(b"PLTE", bytes(range(30, 60)))])
    cases["one_pixel.png"] = png(noise(3, h=1, w=1), 2)
    cases["one_pixel_adam7.png"] = png(noise(4, h=1, w=1), 6, 8, 1)
    cases["chunks.png"] = png(noise(4), 6, 8, 0, [(b"gAMA", struct.pack(">I", 100000)), (b"tEXt", b"Comment\0blood"),
                                                   (b"sBIT", b"\5\5\5\5"), (b"orNT", b"\1")])


def patched(data, at, new):
    return data[:at] + new + data[at + len(new):]


def broken_cases():
    """Files that are no pictures, or damaged ones: each must be refused."""
    good = {}
    rgb = noise(3, h=40, w=40)
    for c, word in ((NONE, "none"), (LZW, "lzw"), (DEFLATE, "deflate"), (PACKBITS, "packbits"), (JPEG, "jpeg")):
        photometric = 6 if c == JPEG else 2
        good[word] = tiff(rgb, photometric, compression=c)
        short = bytearray(good[word])
        ifd = struct.unpack("<I", short[4:8])[0]
        for i in range(struct.unpack("<H", short[ifd:ifd + 2])[0]):
            at = ifd + 2 + 12 * i
            if struct.unpack("<H", short[at:at + 2])[0] == 279:
                count = struct.unpack("<I", short[at + 8:at + 12])[0]
                short[at + 8:at + 12] = struct.pack("<I", count * 2 // 3)
        if c != NONE:                                   # whose strip sizes libtiff computes itself
            broken["short_strip_%s.tiff" % word] = bytes(short)
        broken["cut_%s.tiff" % word] = good[word][:len(good[word]) * 2 // 3]
    broken["noise_lzw.tiff"] = patched(good["lzw"], 200, bytes(range(255, 155, -1)))
    broken["noise_deflate.tiff"] = patched(good["deflate"], 200, bytes(range(255, 155, -1)))
    broken["noise_jpeg.tiff"] = patched(good["jpeg"], len(good["jpeg"]) // 2, b"\xff\xd9")
    broken["strip_outside.tiff"] = tiff(rgb, 2, tags=[(273, 4, [4000000])])
    broken["strip_past_end.tiff"] = tiff(rgb, 2, tags=[(273, 4, [4000])])
    broken["tile_huge.tiff"] = tiff(rgb, 2, tile=(48, 48), tags=[(322, 4, [1 << 30]), (323, 4, [1 << 30])])
    broken["no_samples.tiff"] = tiff(noise(1), 2)
    broken["huge.tiff"] = tiff(rgb, 2, tags=[(256, 4, [60000]), (257, 4, [60000])])
    broken["photometric_9.tiff"] = tiff(rgb, 9)
    broken["float.tiff"] = tiff(noise(1, 16).astype("u4"), 1, 32, tags=[(339, 3, [3])])
    broken["compression_7777.tiff"] = tiff(rgb, 2, compression=7777)
    broken["magic_only.tiff"] = b"II*\0"
    broken["empty.tiff"] = b""
    broken["text.tiff"] = b"not a picture\n"
    picture = png(rgb, 2)
    broken["cut.png"] = picture[:len(picture) // 2]
    broken["no_end.png"] = picture[:-12]
    broken["crc.png"] = patched(picture, 60, b"\0\1\2")
    broken["header_crc.png"] = patched(picture, 19, b"\x29")
    broken["no_pixels.png"] = picture[:33] + picture[-12:]
    broken["zlib.png"] = png(rgb, 2, chunks=[(b"IDAT", b"\x78\x9c\xff\xff\xff")])
    broken["short_rows.png"] = png(rgb[:20], 2).replace(struct.pack(">II", 40, 20), struct.pack(">II", 40, 40))
    broken["text_crc.png"] = png(rgb, 2, chunks=[(b"tRNS", b"\0\1\0\1\0\1")]).replace(b"tRNS\0\1", b"tRNS\0\2")
    broken["no_palette.png"] = png(noise(1), 3)
    bomb = png(noise(3, h=1, w=1), 2).replace(struct.pack(">II", 1, 1), struct.pack(">II", 60000, 60000))
    broken["bomb.png"] = bomb[:29] + struct.pack(">I", zlib.crc32(bomb[12:29])) + bomb[33:]
    fix = broken["short_rows.png"]
    broken["short_rows.png"] = fix[:29] + struct.pack(">I", zlib.crc32(fix[12:29])) + fix[33:]
    broken["signature_only.png"] = picture[:8]


def main():
    tiff_cases()
    png_cases()
    broken_cases()
    os.makedirs(os.path.join(HERE, "broken"), exist_ok=True)
    for name, data in broken.items():
        with open(os.path.join(HERE, "broken", name), "wb") as f:
            f.write(data)
    with open(os.path.join(HERE, "pixels.tsv"), "w") as table:
        for name, data in sorted(cases.items()):
            with open(os.path.join(HERE, name), "wb") as f:
                f.write(data)
            im = Image.open(io.BytesIO(cases[same_as.get(name, name)])).convert("RGBA")
            print(name, im.width, im.height, hashlib.sha256(im.tobytes()).hexdigest(), sep="\t", file=table)
    print(len(cases), "pictures, Pillow", PIL.__version__)


main()
