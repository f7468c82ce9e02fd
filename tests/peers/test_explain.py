"""Grad-CAM equals that of automatic differentiation in Keras: the golden network, and one of full size, a little trained."""
import os, sys
import numpy as np
from tap import *
import tutorial

sys.path.insert(0, str(TOP / "tests/data/keras"))
import make_gradcam, make_keras

LIMIT = 1e-5            # of a map, whose range is 0 to 1


def bilinear(small, width, height):
    from PIL import Image
    return np.asarray(Image.fromarray(small.astype("<f4")).resize((width, height), Image.Resampling.BILINEAR))


def check(name, network, codes, cases, isa=None):
    """CASES: each a file for the tool, the network's input, and the size of the picture. All classes of each."""
    m = network
    m.set_weights(tutorial.load_weights(name))
    parts = make_gradcam.split(m)
    environment = dict(os.environ, **({"AML_ISA": isa} if isa else {}))
    worst = zeros = 0
    for path, x, (width, height) in cases:
        for label, code in enumerate(codes):
            run("aml-explain", "-q", "--class", code, "-o", "map.npy", name, path, env=environment)
            got = np.load("map.npy")
            want = bilinear(make_gradcam.gradcam(parts, x, label), width, height)
            assert got.shape == want.shape == (height, width) and got.dtype == np.dtype("<f4")
            worst = max(worst, float(np.abs(got - want).max()))
            zeros += not want.any()
    ok(worst <= LIMIT, "%s, %s: %d maps, %d of them zero, differ by up to %.2g, allowed %.2g" % (
        name, isa or "the default engine", len(cases) * len(codes), zeros, worst, LIMIT))


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
    for f in sorted(pathlib.Path("cells").glob("*/*.tiff"))[::9]:
        picture = Image.open(f)
        x = np.load("dataset/data_singlets/%s.npy" % f.stem)
        cases.append((f, x, picture.size))
    for isa in None, "blas":
        check("trained.npz", tutorial.network(), CODES, cases, isa)


golden()
full_size()
end()
