"""The tutorial's Python works on our partitions and weights, and we on its."""
import json, pathlib
import numpy as np
import tutorial
from PIL import Image
from tap import *

KEYS = {"training_loss", "training_accuracy", "test_loss", "test_accuracy", "classification_report"}

cells("cells", 30)
for f in pathlib.Path("cells").glob("*/*"):             # RGBA, as the images of the tutorial are
    Image.open(f).convert("RGBA").save(f)
python("tutorial.py", "prepare", "cells", "theirs", 2)
run("aml-downsample", "-q", "-o", "all", "cells")
run("aml-partition", "-n", 2, "all", "ours")
run("aml-init", "start.npz")

for whose in "theirs", "ours":
    part = whose + "/partition0"
    python("tutorial.py", "train", part, "start.npz", whose + "-keras.npz")
    run("aml-train", "-q", "-d", part, "start.npz", whose + "-aml.npz")
    for other in "keras", "aml":
        model = "%s-%s.npz" % (whose, other)
        python("tutorial.py", "validate", part, model, "keras.json")
        run("aml-eval", "-d", part, model, "aml.json")
        keras, aml = json.load(open("keras.json")), json.load(open("aml.json"))
        ok(KEYS <= set(aml) and KEYS <= set(keras), "%s: the validation keys" % model, set(aml))

# Their split as ours, so that the numbers can be compared.
ids, x, y = tutorial.load_partition("theirs/partition0")
train, valid = tutorial.split(len(ids), 0)
np.save("theirs/partition0/trainids.npy", [ids[i] for i in train])
np.save("theirs/partition0/valids.npy", [ids[i] for i in valid])
python("tutorial.py", "validate", "theirs/partition0", "theirs-keras.npz", "keras.json")
run("aml-eval", "-d", "theirs/partition0", "theirs-keras.npz", "aml.json")
keras, aml = json.load(open("keras.json")), json.load(open("aml.json"))
for key in sorted(KEYS - {"classification_report"}):
    near(aml[key], keras[key], 1e-4 * max(1, abs(keras[key])), key)
end()
