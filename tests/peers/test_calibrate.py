"""aml-calibrate's temperature is scipy's, its scores are scikit-learn's, and an exported model is calibrated."""
import csv, re
import numpy as np
import onnxruntime
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import log_loss
from tap import *

BINS = 15


def read(path):
    """True classes, predicted classes, probabilities."""
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    codes = list(rows[0])[3:]
    return (np.array([codes.index(r["true"]) for r in rows]), np.array([codes.index(r["predicted"]) for r in rows]),
            np.array([[float(r[c]) for c in codes] for r in rows]))


def expected_error(true, predicted, p):
    """As in the code of Guo et al., but for the ends of bins."""
    sure, right, error = p.max(1), true == predicted, 0
    for i in range(BINS):
        inside = (sure > i / BINS) & (sure <= (i + 1) / BINS)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    return error


def brier(true, p):
    return ((p - np.eye(p.shape[1])[true]) ** 2).sum(1).mean()


def fitted(true, logits):
    """Temperature and the standard error of its logarithm, by scipy and differences."""
    def loss(u):
        return -log_softmax(logits * np.exp(-u), axis=1)[np.arange(len(true)), true].mean()
    u = minimize_scalar(loss, bounds=(np.log(.01), np.log(100)), method="bounded", options={"xatol": 1e-10}).x
    # the bounded method stops at the root of the last place, 1.5e-8
    h = 1e-3
    return np.exp(u), 1 / np.sqrt(len(true) * (loss(u + h) - 2 * loss(u) + loss(u - h)) / h ** 2)


def check(name, model):
    true, predicted, p = read(name)
    logits = np.log(np.maximum(p, 2.0 ** -149))
    report = run("aml-calibrate", name, model, "out.npz").decode()
    t, low, high = map(float, re.search(r"temperature (\S+) \(95 % (\S+) to (\S+)\)", report).groups())
    exact = float(re.search(r"^temperature +(\S+)", run("aml-info", "out.npz").decode(), re.M).group(1))
    want, deviation = fitted(true, logits)
    print("#", name, "temperature", exact, "scipy", want)
    near(exact / want, 1, 1e-7, name + ": the temperature is scipy's")
    near([low / t, high / t], [np.exp(-1.96 * deviation), np.exp(1.96 * deviation)], 2e-3, name + ": its interval")
    after = softmax(logits / exact, axis=1)
    for what, score in (("log loss", lambda q: log_loss(true, q / q.sum(1, keepdims=True), labels=range(q.shape[1]))),
                        ("expected calibration error", lambda q: expected_error(true, predicted, q)),
                        ("Brier score", lambda q: brier(true, q))):
        got = [float(x) for x in re.search("^" + what + r" +(\S+) +(\S+)", report, re.M).groups()]
        near(got, [score(p), score(after)], 5.1e-5, "%s: %s" % (name, what))
    return exact


def made_up(name, count, heat, seed):
    """Classes drawn from softmax(z), predicted by softmax(heat z)."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1.5, (count, 15))
    true = [rng.choice(15, p=q) for q in softmax(z, axis=1)]
    p = softmax(heat * z, axis=1).astype("f4")
    with open(name, "w") as f:
        print("id", "true", "predicted", *CODES, sep="\t", file=f)
        for i in range(count):
            print(i, CODES[true[i]], CODES[p[i].argmax()], *("%.9g" % x for x in p[i]), sep="\t", file=f)


cells("cells", 20)
run("aml-downsample", "-q", "--packed", "-s", 40, "-o", "dataset", "cells")
run("aml-init", "--size", 40, "start.npz")
run("aml-train", "-q", "-d", "dataset", "-e", 4, "-b", 8, "--bn", "exact", "start.npz", "model.npz")
run("aml-eval", "-q", "-d", "dataset", "--split", "all", "-p", "predictions.tsv", "model.npz")
for seed, (count, heat) in enumerate(((3, 1), (30, 3), (1000, .4), (3000, 2), (3000, 12))):
    made_up("made%d_%g.tsv" % (count, heat), count, heat, seed)
    check("made%d_%g.tsv" % (count, heat), "model.npz")
t = check("predictions.tsv", "model.npz")

_, classes, p = read("predictions.tsv")
want = softmax(np.log(np.maximum(p, 2.0 ** -149)) / t, axis=1)
run("aml-calibrate", "predictions.tsv", "model.npz", "cool.npz")
run("aml-eval", "-q", "-d", "dataset", "--split", "all", "-p", "cool.tsv", "cool.npz")
_, cool_classes, cool = read("cool.tsv")
ok((classes == cool_classes).all(), "the classes stay as they are")
near(cool, want, 2e-6, "the calibrated model's probabilities are softmax(log p / T)")
run("aml-export", "-f", "onnx", "-o", "cool.onnx", "cool.npz")
session = onnxruntime.InferenceSession("cool.onnx", providers=["CPUExecutionProvider"])
ids = [str(i) for i in np.load("dataset/ids.npy")]
images = np.load("dataset/images.npy").astype("f4")
if images.max() > 1:
    images /= np.float32(255)
with open("cool.tsv", newline="") as f:
    order = [ids.index(r["id"]) for r in csv.DictReader(f, delimiter="\t")]
near(session.run(None, {"inputs": images[order]})[0], want, 5e-6, "so are those of ONNX Runtime")
end()
