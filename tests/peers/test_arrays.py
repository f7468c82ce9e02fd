"""numpy reads what the tools write, without a warning, and the tools read what numpy writes. Needs nothing but numpy."""
import json, os, warnings
import numpy as np
from tap import *

warnings.simplefilter("error")
print("# numpy", np.__version__)


def weights(path):
    with np.load(path) as z:
        return [z[str(i)] for i in range(len(z.files))]


def dataset_read(path, packed):
    labels = np.load(path + "/labels.npy", allow_pickle=True).item()
    files = sorted(f for _, _, names in os.walk("cells") for f in names)
    want = {f.split(".")[0]: CODES.index(f[:3]) for f in files}
    ok(labels == want, path + ": labels", labels)
    if packed:
        ids, images = np.load(path + "/ids.npy"), np.load(path + "/images.npy", mmap_mode="r")
        ok(sorted(ids) == sorted(want) and images.shape == (len(want), 20, 20, 4), path + ": ids and images")
        return {str(i): np.array(x) for i, x in zip(ids, images)}
    return {i: np.load("%s/data_singlets/%s.npy" % (path, i)) for i in labels}


def datasets_of_ours():
    run("aml-downsample", "-q", "-s", 20, "-o", "floats", "cells")
    run("aml-downsample", "-q", "-s", 20, "-t", "u1", "-o", "bytes", "cells")
    run("aml-downsample", "-q", "-s", 20, "-t", "u1", "--packed", "-o", "packed", "cells")
    f, b, p = dataset_read("floats", False), dataset_read("bytes", False), dataset_read("packed", True)
    ok(all(x.dtype == "<f4" and x.shape == (20, 20, 4) for x in f.values()), "floats: '<f4' of 20 x 20 x 4")
    ok(all((f[i] == (b[i] / 255).astype("f4")).all() for i in f), "bytes / 255 are the floats")
    ok(all((p[i] == b[i]).all() for i in b), "packed and single images are the same")
    run("aml-partition", "-n", 3, "-S", "folds", "bytes", "folds")
    for k in range(3):
        train, valid = np.load("folds/partition%d/trainids.npy" % k), np.load("folds/partition%d/valids.npy" % k)
        ok(sorted([*train, *valid]) == sorted(b), "fold %d: every id is in one of its two lists" % k)


def datasets_of_numpy():
    for kind in "<f4", "|u1":
        os.makedirs("theirs%s/data_singlets" % kind[1:])
        labels = {}
        for n in range(1500):
            labels["id_%04d" % n] = n % 5
        for i in labels:
            np.save("theirs%s/data_singlets/%s.npy" % (kind[1:], i), np.zeros((12, 12, 4), kind))
        np.save("theirs%s/labels.npy" % kind[1:], labels)
        np.save("theirs%s/trainids.npy" % kind[1:], list(labels)[:1000])
        np.save("theirs%s/valids.npy" % kind[1:], list(labels)[1000:])
        info = json.loads(run("aml-info", "--json", "theirs" + kind[1:]))
        ok("1500" in json.dumps(info), "aml-info counts the images of numpy's dataset, " + kind, info)


def weights_both_ways():
    run("aml-init", "--size", 20, "ours.npz")
    ours = weights("ours.npz")
    ok([a.dtype.str for a in ours] == ["<f4"] * 16, "sixteen arrays of '<f4'")
    keys = {str(i): a for i, a in enumerate(ours)}
    np.savez("stored.npz", **keys)
    np.savez_compressed("deflated.npz", **keys)
    np.savez("doubles.npz", **{k: a.astype("f8") for k, a in keys.items()})
    np.savez("fortran.npz", **{k: np.asfortranarray(a) for k, a in keys.items()})
    np.savez("big.npz", **{k: a.astype(">f4") for k, a in keys.items()})
    for kind in "stored", "deflated", "doubles", "fortran", "big":
        run("aml-fedavg", "--equal", "-o", "back.npz", kind + ".npz")
        ok(all((a == b).all() for a, b in zip(ours, weights("back.npz"))), "read as numpy writes it: " + kind)


def mean():
    rng = np.random.default_rng(2)
    run("aml-init", "--size", 20, "shape.npz")
    models, share = [], [160, 7, 31]
    for k in range(3):
        models.append([(rng.standard_normal(a.shape) ** 2).astype("f4") for a in weights("shape.npz")])
        np.savez("m%d.npz" % k, **{str(i): a for i, a in enumerate(models[k])})
    run("aml-fedavg", "-w", ",".join(map(str, share)), "-o", "mean.npz", "m0.npz", "m1.npz", "m2.npz")
    want = [sum(n * np.longdouble(m[i]) for n, m in zip(share, models)) / sum(share) for i in range(16)]
    got = weights("mean.npz")
    ok(all((g == w.astype("f8").astype("f4")).all() for g, w in zip(got, want)), "aml-fedavg is the weighted mean",
       max(np.abs(g - w).max() for g, w in zip(got, want)))


cells("cells", 4)
datasets_of_ours()
datasets_of_numpy()
weights_both_ways()
mean()
end()
