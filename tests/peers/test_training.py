"""Training at full size equals Keras's, from the same weights, images and order."""
import csv, json, os
import numpy as np
from tap import *
import tutorial

STEPS, BATCH = 4, 16
# Array 9 has no gradient but rounding noise, which Adam turns into steps of full size; 12 follows it.
NOISE = {9: STEPS * 1e-3, 12: STEPS * 1e-3}


def network():
    """The tutorial's, without dropout."""
    import tensorflow as tf
    m = tutorial.network()
    layers = [l for l in m.layers if not isinstance(l, tf.keras.layers.Dropout)]
    plain = tf.keras.Sequential([tf.keras.layers.Input((100, 100, 4)), *layers])
    plain.compile(loss="categorical_crossentropy", optimizer=tf.keras.optimizers.Adam(1e-3), metrics=["accuracy"])
    return plain


cells("cells", STEPS * BATCH // 4)
run("aml-downsample", "-q", "-o", "dataset", "cells")
run("aml-init", "start.npz")
run("aml-train", "-q", "-d", "dataset", "--split", "all", "-b", BATCH, "--dropout", "off", "--shuffle", "off", "--log",
    "log.tsv", "start.npz", "ours.npz")
ids, x, y = tutorial.load_partition("dataset")
model = network()
start = tutorial.load_weights("start.npz")
model.set_weights(start)
onehot = np.eye(15, dtype="float32")[y]
fit = model.fit(x, onehot, batch_size=BATCH, shuffle=False, verbose=0).history
for i, (ours, theirs) in enumerate(zip(tutorial.load_weights("ours.npz"), model.get_weights())):
    near(ours, theirs, NOISE.get(i, 1e-4 * max(1, np.abs(theirs).max())), "array %d after %d steps" % (i, STEPS))
ok(not np.array_equal(start[0], model.get_weights()[0]), "the weights have moved")
with open("log.tsv", newline="") as f:
    row = list(csv.DictReader(f, delimiter="\t"))[-1]
near(float(row["loss"]), fit["loss"][0], 1e-4, "loss of the epoch")
near(float(row["accuracy"]), fit["accuracy"][0], 1e-6, "accuracy of the epoch")
end()
