#!/usr/bin/env python3
"""Seeds for fuzz_image_tiff, fuzz_image_png and fuzz_lzw, from the pictures in tests/data/images.

usage: make_image_corpus.py [DIR]      DIR: tests/fuzz/corpus
"""
import os, struct, sys

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "corpus")
IMAGES = os.path.join(HERE, "..", "data", "images")
TIFF = """rgba_none rgba_lzw_predictor rgba_lzw_flat rgb_deflate_planes rgba_packbits_planes_tiles rgb_lzw_tiles
    rgba_be_big rgb16_be_deflate grey16_le_lzw_tiles grey16_signed grey4_min_is_white_lzw bilevel_g3 bilevel_g4
    palette4 palette_alpha grey_alpha rgb_associated16_deflate rgb_extra_200 cmyk16 cmyk_planes_lzw pages_3
    fill_order_2_rgb orientation_6 jpeg_ycbcr_subsampled jpeg_ycbcr_tiles jpeg_grey ycbcr_lzw one_pixel""".split()
PNG = """grey1 grey2_key1 grey4_adam7 grey16_key0 grey_alpha8_adam7 grey_alpha16 palette1 palette2_alphas_adam7
    palette8_one_clear palette_short rgb8_key rgb16_low_key_adam7 rgba8 rgba16_adam7 one_pixel_adam7 chunks""".split()


def read(name):
    with open(os.path.join(IMAGES, name), "rb") as f:
        return f.read()


def write(folder, name, data):
    os.makedirs(os.path.join(CORPUS, folder), exist_ok=True)
    with open(os.path.join(CORPUS, folder, name), "wb") as f:
        f.write(data)


def first_strip(tiff):
    """(decoded size, data) of a little-endian file with one strip"""
    ifd = struct.unpack("<I", tiff[4:8])[0]
    tags = {}
    for i in range(struct.unpack("<H", tiff[ifd:ifd + 2])[0]):
        tag, kind, count = struct.unpack("<HHI", tiff[ifd + 2 + 12 * i:][:8])
        tags[tag] = struct.unpack("<H" if kind == 3 else "<I", tiff[ifd + 10 + 12 * i:][:2 if kind == 3 else 4])[0]
    return tags[256] * tags[257] * tags[277], tiff[tags[273]:][:tags[279]]


for name in TIFF:
    write("image_tiff", "good-" + name, read(name + ".tiff"))
for name in PNG:
    write("image_png", "good-" + name, read(name + ".png"))
for name in sorted(os.listdir(os.path.join(IMAGES, "broken"))):
    stem, kind = os.path.splitext(name)
    write(kind[1:], "bad-" + stem, read(os.path.join("broken", name)))
for name in "rgba_lzw", "rgba_lzw_long", "rgba_lzw_flat", "rgba_lzw_predictor":
    size, data = first_strip(read(name + ".tiff"))
    write("lzw", "good-" + name, struct.pack("<H", size) + data)
    write("lzw", "bad-longer-" + name, struct.pack("<H", size + 1) + data)
    write("lzw", "odd-shorter-" + name, struct.pack("<H", size // 3) + data)
