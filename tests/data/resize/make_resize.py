"""Golden cases for Pillow's Image.resize, and an integer-exact reimplementation.

usage: make_resize.py [DIR]      needs numpy and Pillow >= 13 (made with 13.0)

Writes NAME.in.npy (or NAME.in.png where that is much smaller) and NAME.out.npy, the result at (100, 100) with the
default filter; smooth_10_f4.npy, as the tutorial saves an image; and filters.tsv: input, width, height, filter and SHA-256 of the resized bytes, for every filter and
several sizes; floats.tsv: the same of pictures of floats (mode F), made by a formula: width, height, and what they
become. Stops with an assertion if resize8 (below, pure integer arithmetic) differs from Pillow in any byte.
"""
import hashlib, math, os, sys
import numpy as np
from PIL import Image
import PIL

F54, F46 = float(np.float32(0.54)), float(np.float32(0.46))     # single-precision constants, double arithmetic
HERE = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


NEW_ORDER = int(PIL.__version__.split(".")[0]) >= 13


def bicubic(x):
    a = -0.5; x = abs(x)
    if x < 1.0: return ((a + 2.0) * x - (a + 3.0)) * x * x + 1
    if x < 2.0: return (((x - 5) * x + 8) * x - 4) * a
    return 0.0


def box(x): return 1.0 if -0.5 < x <= 0.5 else 0.0
def bilinear(x): x = abs(x); return 1.0 - x if x < 1 else 0.0
def hamming(x):
    x = abs(x)
    if x == 0: return 1.0
    if x >= 1: return 0.0
    x *= math.pi
    return math.sin(x) / x * (F54 + F46 * math.cos(x))
def sinc(x): x *= math.pi; return 1.0 if x == 0 else math.sin(x) / x
def lanczos(x): return sinc(x) * sinc(x / 3) if -3 <= x < 3 else 0.0


FILTERS = {"box": (box, 0.5), "bilinear": (bilinear, 1.0), "hamming": (hamming, 1.0), "bicubic": (bicubic, 2.0), "lanczos": (lanczos, 3.0)}


def table(n_in, n_out, name):
    """For every output index: first input index and its int weights (scaled by 2^22). All arithmetic double."""
    fn, support = FILTERS[name]
    scale = n_in / n_out
    fscale = max(scale, 1.0)
    sup = support * fscale
    rows = []
    for o in range(n_out):
        centre = (o + 0.5) * scale
        lo = max(int(centre - sup + 0.5), 0)           # int(): toward zero
        hi = min(int(centre + sup + 0.5), n_in)
        k = [fn((i + lo - centre + 0.5) * (1.0 / fscale)) for i in range(hi - lo)]
        ww = 0.0
        for v in k: ww += v
        k = [v / ww for v in k] if ww != 0 else k
        rows.append((lo, [int(v * 4194304 - 0.5) if v < 0 else int(v * 4194304 + 0.5) for v in k]))
    return rows


def one_pass(a, n_out, name):
    """a: (h, w, c) uint8 -> (h, n_out, c): round half up, arithmetic shift by 22, clip to 0..255."""
    out = np.empty((a.shape[0], n_out, a.shape[2]), np.uint8)
    src = a.astype(np.int64)
    for o, (lo, k) in enumerate(table(a.shape[1], n_out, name)):
        s = (1 << 21) + np.tensordot(src[:, lo:lo + len(k)], np.array(k, np.int64), axes=(1, 0))
        assert abs(s).max() < 2 ** 31
        out[:, o] = np.clip(s >> 22, 0, 255)
    return out


def resize8(a, size, name):
    """Two passes, each rounded to 8 bits; a pass whose size does not change is skipped. Horizontal first, except
    that newer Pillow (rule found by experiment with 13.0) goes vertical first when that shrinks the height much more."""
    w, h = size
    across = lambda b: one_pass(b, w, name) if b.shape[1] != w else b
    down = lambda b: one_pass(b.transpose(1, 0, 2), h, name).transpose(1, 0, 2) if b.shape[0] != h else b
    if NEW_ORDER and h < a.shape[0] and a.shape[0] - h > 2 * (a.shape[1] - w): return across(down(a))
    return down(across(a))


def muldiv255(a, b):
    t = a.astype(np.int32) * b + 128
    return ((t >> 8) + t) >> 8


def premultiply(a):
    o = a.copy(); o[..., :-1] = muldiv255(a[..., :-1], a[..., -1:].astype(np.int32)); return o


def unpremultiply(a):
    o = a.copy(); al = a[..., -1:].astype(np.int32)
    c = np.minimum(255 * a[..., :-1].astype(np.int32) // np.maximum(al, 1), 255)
    o[..., :-1] = np.where((al == 0) | (al == 255), a[..., :-1], c)
    return o


def like_pillow(a, size, name="bicubic"):
    if a.ndim == 2: return resize8(a[..., None], size, name)[..., 0]
    if (a.shape[1], a.shape[0]) == tuple(size): return a
    if a.shape[2] in (2, 4):                            # LA, RGBA
        return unpremultiply(resize8(premultiply(a), size, name))
    return resize8(a, size, name)


def smooth(h, w, c, rng):
    yy, xx = np.mgrid[0:h, 0:w]
    out = np.zeros((h, w, c))
    for k in range(c):
        for _ in range(6):
            fx, fy, ph = rng.uniform(0, 9, 3)
            out[..., k] += np.sin(fx * xx / w * 2 + fy * yy / h * 2 + ph)
    return np.clip(127 + 40 * out, 0, 255).astype(np.uint8)


def floats():
    rows = []
    for w, h, ow, oh in [(47, 47, 400, 400), (47, 47, 100, 100), (7, 7, 20, 20), (7, 7, 7, 7), (47, 47, 20, 30),
                         (47, 47, 47, 90), (47, 47, 90, 47), (47, 47, 60, 5), (9, 47, 9, 5), (1, 1, 3, 5), (8, 5, 3, 1)]:
        a = np.fromfunction(lambda y, x: (y * w + x) * 7919 % 1000 / 1000, (h, w)).astype("<f4")
        for name in FILTERS:
            o = np.asarray(Image.fromarray(a).resize((ow, oh), Image.Resampling[name.upper()]), "<f4")
            rows.append("%d\t%d\t%d\t%d\t%s\t%s\n" % (w, h, ow, oh, name, hashlib.sha256(o.tobytes()).hexdigest()))
    with open(os.path.join(HERE, "floats.tsv"), "w") as f:
        f.writelines(rows)


def main():
    floats()
    rng = np.random.default_rng(5)
    noise = lambda h, w, c: rng.integers(0, 256, (h, w, c) if c else (h, w), dtype=np.uint8)
    opaque = lambda a: np.concatenate([a[..., :3], np.full(a.shape[:2] + (1,), 255, np.uint8)], -1)
    disc = smooth(120, 120, 4, rng)                     # partial alpha: 0 outside, 255 inside, ramp between
    yy, xx = np.mgrid[0:120, 0:120]; disc[..., 3] = np.clip((50 - np.hypot(yy - 60, xx - 60)) * 16 + 128, 0, 255)
    part = smooth(101, 130, 4, rng); part[..., 3] = rng.integers(0, 256, (101, 130))
    blocky = np.kron(noise(50, 50, 4), np.ones((8, 8, 1), np.uint8)); blocky = opaque(blocky)
    cases = {
        "rgba_noise_120": (noise(120, 120, 4), (100, 100)),
        "rgba_opaque_400_blocks": (blocky, (100, 100)),
        "rgba_opaque_smooth_300": (opaque(smooth(300, 300, 4, rng) // 16 * 16), (100, 100)),
        "rgba_disc_alpha_120": (disc, (100, 100)),
        "rgba_partial_130x101": (part, (100, 100)),
        "rgba_up_37x53": (noise(53, 37, 4), (100, 100)),
        "rgba_tall_60x150": (noise(150, 60, 4), (100, 100)),          # vertical pass first in Pillow 13
        "rgba_100_unchanged": (noise(100, 100, 4)[:, :, :], (100, 100)),
        "rgb_noise_120": (noise(120, 120, 3), (100, 100)),
        "l_noise_120": (noise(120, 120, 0), (100, 100)),
        "la_noise_60": (noise(60, 60, 2), (100, 100)),
    }
    total = 0
    for n, (a, size) in cases.items():
        a = np.ascontiguousarray(a)
        im = Image.fromarray(a); out = np.array(im.resize(size))
        assert np.array_equal(out, like_pillow(a, size)), n
        if a.nbytes > 100000:
            Image.fromarray(a).save(os.path.join(HERE, n + ".in.png"), optimize=True)
        else:
            np.save(os.path.join(HERE, n + ".in.npy"), a)
        np.save(os.path.join(HERE, n + ".out.npy"), out)
        total += a.nbytes + out.nbytes
        print(n, im.mode, a.shape, "->", out.shape, "byte-exact")
    print("bytes", total, "Pillow", PIL.__version__)
    small = Image.fromarray(cases["rgba_opaque_smooth_300"][0]).resize((10, 10))
    np.save(os.path.join(HERE, "smooth_10_f4.npy"), (np.array(small) / 255).astype("float32"))
    every_filter(cases)


def every_filter(cases):
    names = "nearest box bilinear hamming bicubic lanczos".split()
    sizes = [(100, 100), (1, 1), (7, 50), (50, 7), (61, 240), (240, 61), (120, 33), (33, 120), (200, 200)]
    with open(os.path.join(HERE, "filters.tsv"), "w") as table:
        for n in "rgba_partial_130x101", "rgba_tall_60x150", "rgba_up_37x53", "rgb_noise_120", "l_noise_120", "la_noise_60":
            a = np.ascontiguousarray(cases[n][0])
            for size in sizes:
                for f in names:
                    out = np.array(Image.fromarray(a).resize(size, Image.Resampling[f.upper()]))
                    assert f == "nearest" or np.array_equal(out, like_pillow(a, size, f)), (n, size, f)
                    print(n, *size, f, hashlib.sha256(out.tobytes()).hexdigest(), sep="\t", file=table)


if __name__ == "__main__":
    main()
