"""Training at full size equals Keras's, from the same weights and images.

Adam turns a gradient that is nothing but rounding noise into a step of full size, so after some steps from random weights
Keras differs from itself if only the images within each batch change places. Hence: after one step nearly every number
agrees to a hundredth of a step; after four, no array lies further from Keras than twice what Keras lies from itself.
"""
import csv, os, shutil
import numpy as np
import tutorial
from tap import *

STEPS, BATCH = 4, 16
NOISE = 7, 9            # biases before batch norm: their gradient is noise
onehot = np.eye(15, dtype="float32")


def network():
    """The tutorial's, without dropout."""
    import tensorflow as tf
    m = tutorial.network()
    layers = [l for l in m.layers if not isinstance(l, tf.keras.layers.Dropout)]
    plain = tf.keras.Sequential([tf.keras.layers.Input((100, 100, 4)), *layers])
    plain.compile(loss="categorical_crossentropy", optimizer=tf.keras.optimizers.Adam(1e-3), metrics=["accuracy"])
    return plain


def keras(dataset, mix=None):
    """Weights and history after one epoch. MIX: a seed; the images of each batch in another order."""
    ids, x, y = tutorial.load_partition(dataset)
    order = np.arange(len(ids))
    if mix is not None:
        rng = np.random.default_rng(mix)
        order = np.concatenate([k + rng.permutation(BATCH) for k in range(0, len(ids), BATCH)])
    m = network()
    m.set_weights(tutorial.load_weights("start.npz"))
    history = m.fit(x[order], onehot[y[order]], batch_size=BATCH, shuffle=False, verbose=0).history
    return m.get_weights(), history


def ours(dataset):
    log = dataset + ".tsv"
    run("aml-train", "-q", "-d", dataset, "--split", "all", "-b", BATCH, "--dropout", "off", "--shuffle", "off",
        "--log", log, "start.npz", "ours.npz")
    with open(log, newline="") as f:
        return tutorial.load_weights("ours.npz"), list(csv.DictReader(f, delimiter="\t"))[-1]


def first_batch(source, target):
    """The dataset of the first BATCH images."""
    labels = np.load(source + "/labels.npy", allow_pickle=True).item()
    ids = sorted(labels)[:BATCH]
    os.makedirs(target + "/data_singlets")
    for i in ids:
        shutil.copy("%s/data_singlets/%s.npy" % (source, i), target + "/data_singlets")
    np.save(target + "/labels.npy", {i: labels[i] for i in ids})


def distance(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2, dtype="f8")))


def one_step():
    first_batch("dataset", "batch")
    start = tutorial.load_weights("start.npz")
    (w, row), (want, history) = ours("batch"), keras("batch")
    near(float(row["loss"]), history["loss"][0], 1e-5, "loss of the first step")
    for i in sorted(set(range(16)) - set(NOISE)):
        agree = np.mean(np.abs(w[i] - want[i]) <= 1e-5)
        ok(agree >= 0.99 and not np.array_equal(start[i], w[i]), "array %d after a step: %.4f of it agree" % (i, agree))


def some_steps():
    (w, row), (want, history) = ours("dataset"), keras("dataset")
    others = [keras("dataset", mix)[0] for mix in (1, 2)]
    for i in range(16):
        spread = max(distance(want[i], o[i]) for o in others)
        got = distance(w[i], want[i])
        ok(got <= 2 * spread, "array %d after %d steps: %.2g from Keras, which is %.2g from itself" % (i, STEPS, got, spread))
    near(float(row["accuracy"]), history["accuracy"][0], 1 / (STEPS * BATCH), "accuracy of the epoch")


cells("cells", STEPS * BATCH // 4)
run("aml-downsample", "-q", "-o", "dataset", "cells")
run("aml-init", "start.npz")
one_step()
some_steps()
end()
