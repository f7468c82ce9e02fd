"""What bench.py times programs on, made once: bench_data.py FOLDER

ours0..9.npz   weights as our tools write them     w0..9.npz   the same as numpy does
full.onnx      ours0.npz exported                  raw, lzw    one tree of made-up cells, uncompressed and LZW
300            300 images of raw
"""
import os, shutil, subprocess, sys
import numpy as np
from PIL import Image

CODES = "BAS EBO EOS KSC LYA LYT MMZ MOB MON MYB MYO NGB NGS PMB PMO".split()
IMAGES, SUBSET, SIDE, BACKGROUNDS, MODELS = 500, 300, 400, 20, 10
COMPRESSION = {"raw": None, "lzw": "tiff_lzw"}


def tool(name, *args):
    subprocess.run([os.path.join(os.environ["BIN"], name), *args], check=True)


def make_weights():
    for k in range(MODELS):
        tool("aml-init", "-s", str(k), "ours%d.npz" % k)
        with np.load("ours%d.npz" % k) as z:
            np.savez("w%d.npz" % k, **{n: z[n] for n in z.files})
    tool("aml-export", "-f", "onnx", "-o", "full.onnx", "ours0.npz")


def background(rng):
    """A bright field, pale red cells, one dark cell."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype("f4")
    a = np.full((SIDE, SIDE, 3), rng.normal((225, 205, 210), 6), "f4")
    red = [(*rng.uniform(0, SIDE, 2), rng.uniform(35, 60), (205, 160, 165), .6) for _ in range(5)]
    for cx, cy, r, colour, cover in red + [(200, 200, rng.uniform(60, 100), (120, 70, 150), 1)]:
        m = cover * np.clip((r - np.hypot(x - cx, y - cy)) / 5, 0, 1)[..., None]
        a = a * (1 - m) + m * np.array(colour, "f4")
    return a


def pictures():
    """Backgrounds under a sensor's noise, which spreads over pixels as demosaicing spreads it."""
    rng = np.random.default_rng(1)
    backgrounds = [background(rng) for _ in range(BACKGROUNDS)]
    coarse = rng.normal(0, 2.2, (8, 600, 600, 3)).astype("f4").repeat(2, 1).repeat(2, 2)
    fine = rng.normal(0, .6, (500, 500, 3)).astype("f4")
    for i in range(IMAGES):
        p, q, u, v = *rng.integers(0, 800, 2), *rng.integers(0, 100, 2)
        noise = coarse[i % 8, p:p + SIDE, q:q + SIDE] + fine[u:u + SIDE, v:v + SIDE]
        a = np.full((SIDE, SIDE, 4), 255, "u1")
        a[..., :3] = np.clip(backgrounds[i % BACKGROUNDS] + noise + .5, 0, 255)
        yield Image.fromarray(a)


def make_trees():
    for name in [*COMPRESSION, "300"]:
        shutil.rmtree(name, ignore_errors=True)
        for code in CODES:
            os.makedirs(os.path.join(name, code))
    for i, picture in enumerate(pictures()):
        code = CODES[i % len(CODES)]
        path = os.path.join(code, "%s_%04d.tiff" % (code, i // len(CODES) + 1))
        for name, compression in COMPRESSION.items():
            picture.save(os.path.join(name, path), compression=compression)
        if i < SUBSET:
            shutil.copy(os.path.join("raw", path), os.path.join("300", path))


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    os.chdir(sys.argv[1])
    if os.path.exists("complete"):
        return
    print("bench: making data", file=sys.stderr)
    make_weights()
    make_trees()
    open("complete", "w").close()


if __name__ == "__main__":
    main()
