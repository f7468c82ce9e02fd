"""aml-downsample gives Pillow's pixels: filters, sizes, kinds of PNG and TIFF."""
import io, itertools, pathlib
import numpy as np
import tifffile
from PIL import Image
from tap import *

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


filters_and_sizes()
png_kinds()
tiff_kinds()
end()
