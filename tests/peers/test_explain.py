"""Grad-CAM equals that of automatic differentiation in Keras: the golden network, and one of full size, a little trained.

Keras computes in float64: in float32 it is as far from that as the tools are.
"""
import os, pathlib, shutil, sys
import numpy as np
from tap import *
import tutorial

sys.path.insert(0, str(TOP / "tests/data/keras"))
import make_gradcam, make_keras

LIMIT = 1e-6            # of a map, whose range is 0 to 1, and as much again for each time that its terms are larger than it


def bilinear(small, width, height):
    from PIL import Image
    return np.asarray(Image.fromarray(small.astype("<f4")).resize((width, height), Image.Resampling.BILINEAR))


def check(name, network, codes, cases, isa=None):
    """CASES: each a file for the tool, the network's input, and the size of the picture. All classes of each."""
    network.set_weights(tutorial.load_weights(name))
    parts = make_gradcam.split(network)
    environment = dict(os.environ, **({"AML_ISA": isa} if isa else {}))
    worst = excess = zeros = maps = 0
    for path, x, (width, height) in cases:
        for label, code in enumerate(codes):
            run("aml-explain", "-q", "--class", code, "-o", "map.npy", name, path, env=environment)
            got = np.load("map.npy")
            want, times = make_gradcam.gradcam(parts, x, label)
            want = bilinear(want, width, height)
            assert got.shape == want.shape == (height, width) and got.dtype == np.dtype("<f4")
            difference = float(np.abs(got - want).max())
            excess = max(excess, difference / (LIMIT * (1 + times)))
            worst = max(worst, difference if times < 10 else 0)
            zeros += not want.any()
            maps += 1
    ok(excess <= 1 and maps - zeros >= 10, "%s, %s: %d maps, %d of them zero, differ by up to %.2f of what is allowed; by %.2g "
       "where terms are less than 10 times larger" % (name, isa or "the default engine", maps, zeros, excess, worst))


def golden():
    data = TOP / "tests/data/keras"
    for w in "w0.npz", "w10.npz":
        shutil.copy(data / w, ".")
    x = (np.load(data / "x.npy")[:4] / 255).astype("<f4")
    cases = []
    for i, image in enumerate(x):
        np.save("golden%d.npy" % i, image)
        cases.append(("golden%d.npy" % i, image, (20, 20)))
    for w in "w0.npz", "w10.npz":
        check(w, make_keras.network(20, 8, 16, 32), CODES, cases)


def full_size():
    from PIL import Image
    cells("cells", 12)
    run("aml-downsample", "-q", "-o", "dataset", "cells")
    run("aml-init", "start.npz")
    run("aml-train", "-q", "-d", "dataset", "-b", 8, "-e", 2, "--bn", "exact", "start.npz", "trained.npz")
    cases = []
    for f in sorted(pathlib.Path("cells").glob("*/*.tiff"))[::16]:
        picture = Image.open(f)
        x = np.load("dataset/data_singlets/%s.npy" % f.stem)
        cases.append((f, x, picture.size))
    for isa in None, "blas":
        check("trained.npz", tutorial.network(), CODES, cases, isa)


make_gradcam.use_float64()
golden()
full_size()
end()
