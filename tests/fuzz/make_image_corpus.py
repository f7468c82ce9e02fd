#!/usr/bin/env python3
"""Seeds for fuzz_image_tiff, fuzz_tiff_tags, fuzz_image_png and fuzz_image_jpeg, from tests/data/images and tests/data/jpegs.

usage: make_image_corpus.py [DIR]      DIR: tests/fuzz/corpus
"""
import os, sys

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "corpus")
IMAGES = os.path.join(HERE, "..", "data", "images")
JPEGS = os.path.abspath(os.path.join(HERE, "..", "data", "jpegs"))
TIFF = """rgba_none rgba_lzw_predictor rgba_lzw_flat rgb_deflate_planes rgba_packbits_planes_tiles rgb_lzw_tiles
    rgba_be_big rgb16_be_deflate grey16_le_lzw_tiles grey16_signed grey4_min_is_white_lzw bilevel_g3 bilevel_g4
    palette4 palette_alpha grey_alpha rgb_associated16_deflate rgb_extra_200 cmyk16 cmyk_planes_lzw pages_3
    fill_order_2_rgb orientation_6 jpeg_ycbcr_subsampled jpeg_ycbcr_tiles jpeg_grey ycbcr_lzw one_pixel""".split()
PNG = """grey1 grey2_key1 grey4_adam7 grey16_key0 grey_alpha8_adam7 grey_alpha16 palette1 palette2_alphas_adam7
    palette8_one_clear palette_short rgb8_key rgb16_low_key_adam7 rgba8 rgba16_adam7 one_pixel_adam7 chunks""".split()
JPEG = """rgb_420 rgb_422_progressive grey cmyk arithmetic arithmetic_progressive restart_rows_progressive exif_orientation_6
    one_pixel junk_between padded_markers coded_1x2_19 coded_4x1_scans coded_uneven_scans coded_ycck_420
    coded_restart_1_scans coded_odd_ids no_huffman""".split()


def read(name):
    with open(os.path.join(IMAGES, name), "rb") as f:
        return f.read()


def write(folder, name, data):
    os.makedirs(os.path.join(CORPUS, folder), exist_ok=True)
    with open(os.path.join(CORPUS, folder, name), "wb") as f:
        f.write(data)


for name in TIFF:
    write("image_tiff", "good-" + name, read(name + ".tiff"))
for name in "rgba_be_big", "palette4", "grey_alpha", "ycbcr_lzw", "orientation_6":
    write("tiff_tags", "good-" + name, read(name + ".tiff"))
for name in "no_samples", "magic_only", "photometric_9", "float":
    write("tiff_tags", "bad-" + name, read("broken/%s.tiff" % name))
for name in PNG:
    write("image_png", "good-" + name, read(name + ".png"))
for name in sorted(os.listdir(os.path.join(IMAGES, "broken"))):
    stem, kind = os.path.splitext(name)
    write("image_" + kind[1:], "bad-" + stem, read(os.path.join("broken", name)))
for name in JPEG:
    write("image_jpeg", "good-" + name, read(os.path.join(JPEGS, name + ".jpg")))
for name in sorted(os.listdir(os.path.join(JPEGS, "broken"))):
    write("image_jpeg", "bad-" + name[:-len(".jpg")], read(os.path.join(JPEGS, "broken", name)))
