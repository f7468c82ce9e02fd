"""aml-eval's metrics and report are scikit-learn's on the same predictions."""
import csv, json, sys
import numpy as np
from sklearn.metrics import accuracy_score, log_loss
from tap import *

sys.path.append(str(TOP / "tests/data/report"))
import make_report

cells("cells", 30)
run("aml-downsample", "-q", "-s", 40, "-o", "dataset", "cells")
run("aml-init", "--size", 40, "start.npz")
run("aml-train", "-q", "-d", "dataset", "-e", 4, "-b", 8, "--bn", "exact", "start.npz", "model.npz")
run("aml-eval", "--json", "-d", "dataset", "--split", "all", "-p", "predictions.tsv", "model.npz", "all.json")
result = json.load(open("all.json"))
with open("predictions.tsv", newline="") as f:
    rows = list(csv.DictReader(f, delimiter="\t"))
true = [CODES.index(r["true"]) for r in rows]
guess = [CODES.index(r["predicted"]) for r in rows]
probability = np.array([[float(r[c]) for c in CODES] for r in rows])
ok(len(set(guess)) > 1, "the model tells more than one class", set(guess))
ok((probability.argmax(1) == guess).all(), "predicted is the largest probability")
near(probability.sum(1), np.ones(len(rows)), 1e-6, "probabilities add up to 1")

text = json.dumps(result)
want = make_report.report(CODES, true, guess)
print("#", *result)
numbers = [v for v in result.values() if isinstance(v, float)]
ok(any(abs(v - accuracy_score(true, guess)) < 1e-12 for v in numbers), "accuracy", result)
ok(any(abs(v - log_loss(true, probability, labels=range(15))) < 1e-6 for v in numbers), "loss", result)
ok(json.dumps(want)[1:-1] in text, "the text of classification_report", want, result.get("classification_report"))
end()
