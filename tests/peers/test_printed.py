"""The lines of Python in the manual pages, run as they are printed."""
import json, os
import numpy as np
import tutorial
from tap import *

# As in tests/printed.sh, whose tests look here.
ROWS = """
	man/aml-weights.5 | with np.load("model.npz") | weights_both_ways
	man/aml-weights.5 | import keras, numpy as np | weights_of_keras
	man/aml-dataset.5 | labels = np.load( | images_of_dataset
"""


def block(page, begins):
    """The display of the page that begins so."""
    text = run("bash", "-c", '. "$TOP/tests/printed.sh"; block_lines "$TOP/$0"', page, env={**os.environ, "TOP": str(TOP)}).decode()
    found = [b.split("\n", 1)[1] for b in text.split("\1")[1:] if b.split("\n", 1)[1].startswith(begins)]
    ok(len(found) == 1, "%s prints '%s'" % (page, begins))
    return found[0]


def digest(model):
    return json.loads(run("aml-info", "--json", model))["digest"]


def weights_both_ways(text):
    model = tutorial.network()
    names = {"np": np, "model": model}
    run("aml-init", "-s", 5, "model.npz")
    want = digest("model.npz")
    read, write = text.splitlines()
    exec(read, names)
    os.remove("model.npz")
    exec(write, names)
    ok(digest("model.npz") == want, "Keras reads and writes the same numbers")


def weights_of_keras(text):
    model = tutorial.network()
    run("aml-init", "-s", 6, "ours.npz")
    model.set_weights(tutorial.load_weights("ours.npz"))
    for name in "model.keras", "model.h5":
        model.save(name)
        exec(text.replace("model.keras", name), {})
        ok(digest("model.npz") == digest("ours.npz"), "the two lines make a model of " + name)
        os.remove("model.npz")


def images_of_dataset(text):
    cells("cells", 3)
    run("aml-downsample", "-q", "-s", 20, "-o", "dataset", "cells")
    run("aml-init", "--size", 20, "small.npz")
    run("aml-eval", "-q", "-d", "dataset", "--split", "all", "-p", "predictions.tsv", "small.npz")
    names = {"np": np}
    exec(text, names)
    ok(names["x"].shape == (12, 20, 20, 4), "all images", names["x"].shape)
    with open("predictions.tsv") as f:
        order = [line.split("\t")[0] for line in f][1:]
    ok(order == sorted(names["labels"]), "in the order of the tools", order)


for row in ROWS.strip().splitlines():
    page, begins, what = (word.strip() for word in row.split(" | "))
    globals()[what](block(page, begins))
end()
