#!/usr/bin/env python3
"""Small JPEG files in every form that aml reads, and what Pillow makes of each.

usage: make_jpegs.py [DIR]      needs numpy, Pillow (made with 13.0) and libjpeg-turbo's cjpeg

Writes NAME.jpg, and pixels.tsv: name, width, height and SHA-256 of the bytes of
Image.open(...).convert("RGBA") for each; and broken/, files that must be refused.
Pillow chooses among three samplings; coded() writes any, of random coefficients.
"""
import hashlib, io, os, struct, subprocess, sys
import numpy as np
from PIL import Image


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def adobe(transform):
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


class Bits:
    def __init__(self):
        self.text = []

    def put(self, value, n):
        self.text.append(format(value, "0%db" % n) if n else "")

    def bytes(self):
        text = "".join(self.text)
        text += "1" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0") if text else b""


# Codes of 8 bits, each its own symbol, run << 4 | size; a DC coefficient has no run.
AC_TABLE, DC_TABLE = (bytes([0] * 7 + [n] + [0] * 8) + bytes(range(n)) for n in (255, 16))


def magnitude(bits, run, v):
    size = int(abs(v)).bit_length()
    bits.put(run << 4 | size, 8)
    bits.put(v if v > 0 else v + (1 << size) - 1, size)


def scan(rng, blocks):
    """Entropy-coded BLOCKS blocks (component numbers) of random coefficients."""
    bits, last = Bits(), {}
    for c in blocks:
        dc = int(rng.integers(-60, 60))
        magnitude(bits, 0, dc - last.get(c, 0))
        last[c] = dc
        at = 0
        for _ in range(int(rng.integers(0, 6))):
            run = int(rng.integers(0, 12))
            if at + run + 1 > 63:
                break
            magnitude(bits, run, int(rng.integers(1, 30)) * (1 if rng.integers(2) else -1))
            at += run + 1
        if at < 63:
            bits.put(0, 8)
    return bits.bytes()


def coded(rng, width, height, sampling, marker=b"", ids=(1, 2, 3, 4), interleaved=True, restart=0, end=b"\xff\xd9", sof=0xC0,
          precision=8):
    """A JPEG file of random coefficients; SAMPLING: (horizontal, vertical) of each component."""
    n = len(sampling)
    hmax, vmax = max(h for h, _ in sampling), max(v for _, v in sampling)
    out = b"\xff\xd8" + marker + segment(0xDB, b"\0" + bytes([8] * 64))
    out += segment(sof, struct.pack(">BHHB", precision, height, width, n) +
                   b"".join(bytes([ids[i], h << 4 | v, 0]) for i, (h, v) in enumerate(sampling)))
    out += segment(0xC4, b"\0" + DC_TABLE) + segment(0xC4, b"\x10" + AC_TABLE)
    if restart:
        out += segment(0xDD, struct.pack(">H", restart))
    scans = [list(range(n))] if interleaved else [[i] for i in range(n)]
    for parts in scans:
        out += segment(0xDA, bytes([len(parts)]) + b"".join(bytes([ids[i], 0]) for i in parts) + bytes([0, 63, 0]))
        if len(parts) > 1:
            mcus = -(-width // (8 * hmax)) * -(-height // (8 * vmax))
            mcu = [c for c in parts for _ in range(sampling[c][0] * sampling[c][1])]
        else:
            h, v = sampling[parts[0]]
            mcus = -(-(-(-width * h // hmax)) // 8) * -(-(-(-height * v // vmax)) // 8)
            mcu = parts
        step = restart or mcus
        for i in range(0, mcus, step):
            out += scan(rng, mcu * min(step, mcus - i))
            if i + step < mcus:
                out += bytes([0xFF, 0xD0 + i // step % 8])
    return out + end


def smooth(rng, height, width, channels):
    a = rng.integers(0, 256, (max(1, height // 5), max(1, width // 5), channels), np.uint8)
    layers = [Image.fromarray(a[..., c]).resize((width, height), Image.Resampling.BICUBIC) for c in range(channels)]
    return np.stack([np.array(x) for x in layers], -1)


def saved(im, **more):
    f = io.BytesIO()
    im.save(f, "JPEG", **more)
    return f.getvalue()


def cjpeg(im, *options):
    f = io.BytesIO()
    im.save(f, "PPM")
    return subprocess.run(["cjpeg", *options], input=f.getvalue(), capture_output=True, check=True).stdout


def good(rng):
    rgb = Image.fromarray(smooth(rng, 37, 45, 3))
    grey, cmyk = rgb.convert("L"), Image.fromarray(smooth(rng, 37, 45, 4), "CMYK")
    for subsampling in "4:4:4", "4:2:2", "4:2:0":
        name = "rgb_" + subsampling.replace(":", "")
        yield name, saved(rgb, subsampling=subsampling)
        yield name + "_progressive", saved(rgb, subsampling=subsampling, progressive=True)
    yield "rgb_411", saved(rgb, quality=50, subsampling="4:1:1")
    yield "quality_5", saved(rgb, quality=5)
    yield "quality_100", saved(rgb, quality=100, subsampling=0)
    yield "grey", saved(grey)
    yield "grey_progressive", saved(grey, progressive=True)
    yield "cmyk", saved(cmyk)
    yield "cmyk_progressive", saved(cmyk, progressive=True)
    yield "kept_rgb", saved(rgb, keep_rgb=True)
    yield "restart_blocks", saved(rgb, restart_marker_blocks=2)
    yield "restart_rows_progressive", saved(rgb, restart_marker_rows=1, progressive=True)
    exif = Image.Exif()
    exif[274] = 6
    yield "exif_orientation_6", saved(rgb, exif=exif, comment=b"turned", icc_profile=b"none " * 30)
    yield "one_pixel", saved(rgb.crop((3, 3, 4, 4)))
    yield "one_row_420", saved(rgb.crop((0, 3, 45, 4)))
    yield "one_column_420", saved(rgb.crop((3, 0, 4, 37)))
    yield "arithmetic", cjpeg(rgb, "-arithmetic")
    yield "arithmetic_progressive", cjpeg(rgb, "-arithmetic", "-progressive")
    yield "flat_arithmetic", cjpeg(Image.new("RGB", (300, 300), (9, 99, 199)), "-arithmetic")
    yield "flat_progressive", saved(Image.new("L", (500, 500), 7), progressive=True, optimize=True)
    yield "no_huffman", saved(rgb).replace(b"\xff\xc4", b"\xff\xec")
    yield "behind_end", saved(rgb) + b"\xff\xd8\xff more"
    yield "junk_between", saved(rgb)[:20] + b"\0\0junk" + saved(rgb)[20:]
    yield "end_twice", saved(rgb) + b"\xff\xd9"
    yield "padded_markers", saved(rgb)[:2] + b"\xff" * 5 + saved(rgb)[2:]
    three = {"1x2": ((1, 2), (1, 1), (1, 1)), "4x1": ((4, 1), (1, 1), (1, 1)), "2x1": ((2, 1), (1, 1), (1, 1)),
             "2x2": ((2, 2), (1, 1), (1, 1)), "2x2_chroma_2x1": ((2, 2), (2, 1), (2, 1)), "4x2": ((4, 2), (1, 1), (1, 1)),
             "1x4": ((1, 4), (1, 1), (1, 1)), "luma_less": ((1, 1), (2, 2), (2, 2)), "uneven": ((2, 2), (1, 2), (2, 1)),
             "all_2x2": ((2, 2), (2, 2), (2, 2))}
    for name, sampling in three.items():
        for w, h in (19, 21), (48, 16):
            if sum(a * b for a, b in sampling) <= 10:
                yield "coded_%s_%d" % (name, w), coded(rng, w, h, sampling)
        yield "coded_%s_scans" % name, coded(rng, 19, 21, sampling, interleaved=False)
    yield "coded_grey_2x2", coded(rng, 19, 21, [(2, 2)])
    one, four = [(1, 1)] * 3, [(1, 1)] * 4
    yield "coded_adobe_rgb", coded(rng, 19, 21, one, adobe(0))
    yield "coded_adobe_ycc", coded(rng, 19, 21, one, adobe(1))
    yield "coded_adobe_odd", coded(rng, 19, 21, one, adobe(7))
    yield "coded_letters_rgb", coded(rng, 19, 21, one, ids=b"RGB")
    yield "coded_odd_ids", coded(rng, 19, 21, one, ids=(7, 9, 200))
    yield "coded_cmyk_plain", coded(rng, 19, 21, four)
    yield "coded_ycck", coded(rng, 19, 21, four, adobe(2))
    yield "coded_ycck_420", coded(rng, 35, 21, [(2, 2), (1, 1), (1, 1), (2, 2)], adobe(2))
    yield "coded_jfif_9", coded(rng, 19, 21, one, segment(0xE0, b"JFIF\0\x09\x09\0\0\1\0\1\0\0"))
    yield "coded_restart_3", coded(rng, 70, 41, ((2, 1), (1, 1), (1, 1)), restart=3)
    yield "coded_restart_1_scans", coded(rng, 70, 41, ((2, 1), (1, 1), (1, 1)), restart=1, interleaved=False)
    yield "coded_sof1", coded(rng, 19, 21, one, sof=0xC1)


def cut_scans(data, n):
    """Where scan N begins"""
    at = -1
    for _ in range(n + 1):
        at = data.index(b"\xff\xda", at + 1)
    return at


def broken(rng):
    rgb = Image.fromarray(smooth(rng, 37, 45, 3))
    plain, progressive, restarts = saved(rgb), saved(rgb, progressive=True), saved(rgb, restart_marker_blocks=1)
    one = [(1, 1)] * 3
    yield "magic_only", b"\xff\xd8\xff"
    yield "no_scan", plain[:plain.index(b"\xff\xda")]
    yield "no_picture", b"\xff\xd8\xff\xd9"
    yield "half", plain[:len(plain) * 2 // 3]
    yield "half_ended", plain[:len(plain) * 2 // 3] + b"\xff\xd9"
    yield "half_progressive", progressive[:len(progressive) * 2 // 3]
    yield "progressive_no_end", progressive[:-2]
    yield "progressive_scans_missing", progressive[:cut_scans(progressive, 3)] + b"\xff\xd9"
    yield "progressive_last_scan_missing", progressive[:progressive.rindex(b"\xff\xda")] + b"\xff\xd9"
    scans = coded(rng, 19, 21, one, interleaved=False)
    yield "last_scan_missing", scans[:cut_scans(scans, 2)] + b"\xff\xd9"
    yield "restart_lost", restarts.replace(b"\xff\xd2", b"", 1)
    yield "restart_wrong", restarts.replace(b"\xff\xd2", b"\xff\xd5", 1)
    yield "bad_code", plain[:-40] + bytes([0xFF, 0]) * 19 + b"\xff\xd9"
    yield "noise", plain[:plain.index(b"\xff\xda") + 14] + rng.integers(0, 255, 400, np.uint8).tobytes() + b"\xff\xd9"
    yield "two_components", coded(rng, 19, 21, one[:2])
    yield "twelve_bits", coded(rng, 19, 21, one, sof=0xC1, precision=12)
    yield "no_height", coded(rng, 19, 21, one).replace(struct.pack(">HH", 21, 19), struct.pack(">HH", 0, 19))
    yield "huge", coded(rng, 8, 8, one).replace(struct.pack(">HH", 8, 8), struct.pack(">HH", 65500, 65500))
    yield "sampling_0", coded(rng, 8, 8, one).replace(bytes([1, 0x11, 0, 2]), bytes([1, 0x01, 0, 2]))
    yield "lossless", coded(rng, 19, 21, one, sof=0xC3)
    yield "no_quantization", plain.replace(b"\xff\xdb", b"\xff\xec")
    scans = coded(rng, 8, 8, one, interleaved=False)
    body = cut_scans(scans, 1)
    yield "many_scans", scans[:body] + scans[body:cut_scans(scans, 2)] * 600 + scans[body:]


def pillow(data):
    im = Image.open(io.BytesIO(data)).convert("RGBA")
    return im.size, im.tobytes()


def main(folder):
    os.makedirs(os.path.join(folder, "broken"), exist_ok=True)
    rng = np.random.default_rng(5)
    with open(os.path.join(folder, "pixels.tsv"), "w") as list_file:
        for name, data in good(rng):
            with open(os.path.join(folder, name + ".jpg"), "wb") as f:
                f.write(data)
            size, pixels = pillow(data)
            print(name + ".jpg", *size, hashlib.sha256(pixels).hexdigest(), sep="\t", file=list_file)
    for name, data in broken(rng):
        with open(os.path.join(folder, "broken", name + ".jpg"), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
