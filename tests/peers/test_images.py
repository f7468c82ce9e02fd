"""aml-downsample gives Pillow's pixels: filters, sizes, kinds of PNG and TIFF."""
import io, itertools, pathlib, sys
import numpy as np
import tifffile
from PIL import Image
from tap import *

sys.path.append(str(TOP / "tests/data/jpegs"))
import make_jpegs

FILTERS = {"nearest": 0, "box": 4, "bilinear": 2, "hamming": 5, "bicubic": 3, "lanczos": 1}
rng = np.random.default_rng(1)


def pillow(path, size, filter_name):
    im = Image.open(path)
    return np.array(im.convert("RGBA").resize((size, size), FILTERS[filter_name]))


def same(path, size=100, filter_name="bicubic", what=None):
    what = "%s to %d, %s" % (what or path, size, filter_name)
    try:
        want = pillow(path, size, filter_name)
    except Exception as e:
        return skip(what, "Pillow does not read it: %s" % e)
    got = np.load(io.BytesIO(run("aml-downsample", "-t", "u1", "-s", size, "-f", filter_name, path)))
    return ok(got.shape == want.shape and (got == want).all(), what,
              "%d bytes differ" % (got != want).sum() if got.shape == want.shape else got.shape)


def noise(*shape, dtype=np.uint8):
    return rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


def filters_and_sizes():
    tree = sorted((TOP / "examples/demo-cells").glob("*/*.tiff"))
    for f in tree[::60]:
        same(f, what=f.name)
    shapes = (120, 120), (400, 400), (37, 53), (60, 150), (150, 60), (130, 101), (100, 100), (1, 1), (2, 300)
    for (h, w), name in itertools.product(shapes, FILTERS):
        Image.fromarray(noise(h, w, 4)).save("noise.png")
        for size in 100, 33:
            same("noise.png", size, name, "noise %d x %d" % (w, h))


def png_kinds():
    for mode, shape in ("L", (50, 60)), ("LA", (50, 60, 2)), ("RGB", (50, 60, 3)), ("RGBA", (50, 60, 4)):
        Image.fromarray(noise(*shape), mode).save("kind.png")
        same("kind.png", 20, what="PNG " + mode)
    Image.fromarray(noise(50, 60)).convert("1").save("kind.png")
    same("kind.png", 20, what="PNG of 1 bit")
    palette = Image.fromarray(noise(50, 60, 3)).quantize(13)
    palette.save("kind.png")
    same("kind.png", 20, what="PNG palette")
    palette.save("kind.png", transparency=3)
    same("kind.png", 20, what="PNG palette, transparent colour")
    Image.fromarray(noise(50, 60, 3)).save("kind.png", transparency=(1, 2, 3))
    same("kind.png", 20, what="PNG RGB, transparent colour")
    Image.fromarray(noise(50, 60, dtype=np.uint16)).save("kind.png")
    same("kind.png", 20, what="PNG of 16 bits")


def tiff_kinds():
    for mode, compression in itertools.product(("1", "L", "LA", "P", "RGB", "RGBA", "CMYK"),
                                               ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")):
        im = Image.fromarray(noise(50, 60, 4)).convert("RGB").convert(mode)
        try:
            im.save("kind.tiff", compression=compression)
        except Exception as e:
            skip("TIFF %s %s" % (mode, compression), "Pillow does not write it: %s" % e)
            continue
        same("kind.tiff", 20, what="TIFF %s %s" % (mode, compression))
    rgb, rgba = noise(64, 80, 3), noise(64, 80, 4)
    kinds = {
        "tiled": (rgb, dict(tile=(32, 32), photometric="rgb")),
        "planar": (rgb.transpose(2, 0, 1), dict(planarconfig="separate", photometric="rgb")),
        "big-endian": (rgb, dict(photometric="rgb"), dict(byteorder=">")),
        "BigTIFF": (rgb, dict(photometric="rgb"), dict(bigtiff=True)),
        "deflate, predictor": (rgb, dict(photometric="rgb", compression="zlib", predictor=True)),
        "strips of 7 rows": (rgb, dict(photometric="rgb", rowsperstrip=7)),
        "grey": (rgb[..., 0], dict(photometric="minisblack")),
        "grey, white is 0": (rgb[..., 0], dict(photometric="miniswhite")),
        "RGB of 16 bits": (noise(64, 80, 3, dtype=np.uint16), dict(photometric="rgb")),
        "RGBA of 16 bits": (noise(64, 80, 4, dtype=np.uint16), dict(photometric="rgb", extrasamples=["unassalpha"])),
        "RGBA unassociated": (rgba, dict(photometric="rgb", extrasamples=["unassalpha"])),
        "RGBA associated": (rgba, dict(photometric="rgb", extrasamples=["assocalpha"])),
        "RGB and a channel": (rgba, dict(photometric="rgb", extrasamples=["unspecified"])),
        "two pages": (np.stack([rgb, rgb[::-1]]), dict(photometric="rgb")),
    }
    for what, (pixels, page, *file) in kinds.items():
        with tifffile.TiffWriter("kind.tiff", **(file[0] if file else {})) as t:
            t.write(pixels, metadata=None, **page)
        same("kind.tiff", 20, what="TIFF " + what)


def jpeg_kinds():
    """At their own size: each pixel counts."""
    def compare(what, data):
        (w, h), _ = make_jpegs.pillow(data)
        pathlib.Path("kind.jpg").write_bytes(data)
        same("kind.jpg", max(w, h), "nearest", "JPEG " + what)

    save = make_jpegs.saved
    for w, h in (40, 40), (37, 53), (1, 17), (16, 1), (130, 99):
        for mode, subsampling, progressive in itertools.product(
                ("RGB", "CMYK"), ("4:4:4", "4:2:2", "4:2:0"), (False, True)):
            im = Image.fromarray(make_jpegs.smooth(rng, h, w, len(mode)), mode)
            more = dict(quality=int(rng.integers(1, 101)), progressive=progressive, optimize=bool(rng.integers(2)),
                        restart_marker_blocks=int(rng.choice([0, 1, 7])))
            if mode == "RGB":
                more["subsampling"] = subsampling
            compare("%s %s %d x %d %s" % (mode, subsampling, w, h, more), save(im, **more))
        compare("noise %d x %d" % (w, h), save(Image.fromarray(noise(h, w, 3)), quality=95))
        compare("grey %d x %d" % (w, h), save(Image.fromarray(noise(h, w)), quality=30))
    factors = [(a, b) for a in (1, 2, 4) for b in (1, 2, 4)]
    for i in range(150):
        n = int(rng.choice([1, 3, 3, 3, 4]))
        sampling = [factors[k] for k in rng.integers(0, len(factors), n)]
        fits = sum(a * b for a, b in sampling) <= 10
        w, h = (int(v) for v in rng.integers(1, 70, 2))
        marker = make_jpegs.adobe(int(rng.choice([0, 1, 2]))) if rng.integers(2) else b""
        compare("%d x %d, sampling %s" % (w, h, sampling),
                make_jpegs.coded(rng, w, h, sampling, marker, interleaved=fits and bool(rng.integers(2)),
                                 restart=int(rng.choice([0, 0, 1, 5]))))


filters_and_sizes()
jpeg_kinds()
png_kinds()
tiff_kinds()
end()
