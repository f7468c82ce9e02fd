"""aml-score's figures are scikit-learn's and statsmodels', on predictions of many kinds, and on tables of sites that add up."""
import csv, json
import numpy as np
from sklearn import metrics as m
from statsmodels.stats.proportion import proportion_confint
from tap import *

rng = np.random.default_rng(7)


def write(path, codes, true, p, guess=None):
    guess = p.argmax(1) if guess is None else guess
    with open(path, "w", newline="") as f:
        w = csv.writer(f, delimiter="\t", lineterminator="\n")
        w.writerow(["id", "true", "predicted", *codes])
        for i, row in enumerate(p):
            w.writerow(["c%d" % i, codes[true[i]], codes[guess[i]], *map(repr, map(float, row))])


def draw(n, k, signal, rare=False, absent=0):
    """True classes and probabilities; the last ABSENT classes never occur."""
    share = np.ones(k - absent)
    if rare:
        share[-1] = (k - absent - 1) / 99
    true = rng.choice(k - absent, n, p=share / share.sum())
    z = rng.standard_normal((n, k))
    z[np.arange(n), true] += signal
    if absent:
        z[:, k - absent:] = -50
    e = np.exp(1.5 * z)
    return true, e / e.sum(1, keepdims=True)


def ece(true, p, guess):
    most, right = p.max(1), guess == true
    bins = np.clip(np.ceil(most * 15).astype(int) - 1, 0, 14)
    return sum(abs(right[bins == b].sum() - most[bins == b].sum()) for b in range(15)) / len(true)


def expected(k, true, p, guess):
    """What scikit-learn says of all images."""
    hot = np.eye(k)[true]
    occurring = sorted(set(true) | set(guess))
    order = np.argsort(-p, axis=1, kind="stable")
    return {
        "accuracy": m.accuracy_score(true, guess),
        "balanced_accuracy": np.mean([np.mean(guess[true == c] == c) for c in set(true)]),
        "macro_f1": m.f1_score(true, guess, labels=occurring, average="macro", zero_division=0),
        "weighted_f1": m.f1_score(true, guess, labels=occurring, average="weighted", zero_division=0),
        "kappa": m.cohen_kappa_score(true, guess),
        "mcc": m.matthews_corrcoef(true, guess),
        "top2_accuracy": np.mean([t in order[i, :2] for i, t in enumerate(true)]),
        "log_loss": m.log_loss(true, p / p.sum(1, keepdims=True), labels=range(k)),
        "brier": np.mean(((p - hot) ** 2).sum(1)),
        "ece": ece(true, p, guess),
    }


def of_row(positive, score, called):
    """A class, or a group, against the rest: value, and the interval of shares."""
    tp, fn = np.sum(positive & called), np.sum(positive & ~called)
    fp, tn = np.sum(~positive & called), np.sum(~positive & ~called)
    want = {}
    for key, hits, n in (("sensitivity", tp, tp + fn), ("specificity", tn, tn + fp), ("precision", tp, tp + fp),
                         ("npv", tn, tn + fn)):
        want[key] = (hits / n, *proportion_confint(hits, n, method="wilson")) if n else None
    want["f1"] = (m.f1_score(positive, called, zero_division=0),)
    both = positive.any() and not positive.all()
    want["auc"] = (m.roc_auc_score(positive, score),) if both else None
    want["average_precision"] = (m.average_precision_score(positive, score),) if positive.any() else None
    return want


def compare_row(got, want, n, limit, what):
    worst = 0
    if got["n"] != n:
        return ok(False, what + ": n", got["n"], n)
    for key, values in want.items():
        if values is None or got[key] is None:
            if (values is None) != (got[key] is None):
                return ok(False, "%s: %s" % (what, key), got[key], values)
            continue
        have = [got[key]["value"], got[key]["low"], got[key]["high"]][: len(values)]
        worst = max(worst, np.abs(np.array(have) - values).max())
        if not got[key]["low"] <= got[key]["value"] <= got[key]["high"]:
            return ok(False, "%s: %s lies in its interval" % (what, key), got[key])
    return ok(worst <= limit, "%s: differs by %.2g, allowed %.2g" % (what, worst, limit))


def check(what, tables, k, true, p, guess, groups, limit=1e-12, ranks=1e-12):
    """LIMIT for what follows from counts, RANKS for what follows from scores and, in shared tables, from histograms."""
    codes = ["K%02d" % i for i in range(k)]
    options = [o for name, member in groups.items() for o in ("-g", name + "=" + ",".join(codes[c] for c in member))]
    got = json.loads(run("aml-score", "--json", *options, *tables))
    for key, want in expected(k, true, p, guess).items():
        near([got["overall"][key]["value"]], [want], limit if key not in ("log_loss", "brier", "ece") else max(limit, ranks),
             "%s: %s" % (what, key))
    low, high = proportion_confint(np.sum(true == guess), len(true), method="wilson")
    near([got["overall"]["accuracy"]["low"], got["overall"]["accuracy"]["high"]], [low, high], 1e-12, what + ": interval")
    occurring = sorted(set(true) | set(guess))
    ok(got["classes"] == list(got["by_class"]) == [codes[c] for c in occurring], what + ": the classes that occur",
       got["classes"])
    for c in occurring:
        compare_row(got["by_class"][codes[c]], of_row(true == c, p[:, c], guess == c), int(np.sum(true == c)), ranks,
                    "%s: %s" % (what, codes[c]))
    for name, member in groups.items():
        compare_row(got["by_group"][name], of_row(np.isin(true, member), p[:, member].sum(1), np.isin(guess, member)),
                    int(np.isin(true, member).sum()), ranks, "%s: group %s" % (what, name))


for n, k, signal, rare, absent in ((40, 2, 1, False, 0), (500, 5, 2, True, 0), (1000, 15, 1.5, False, 4), (3000, 15, 2, True, 0)):
    true, p = draw(n, k, signal, rare, absent)
    write("p.tsv", ["K%02d" % i for i in range(k)], true, p)
    groups = {"two": [0, k - 1]} if k > 2 else {}
    check("%d images of %d classes" % (n, k), ["p.tsv"], k, true, p, p.argmax(1), groups)

# A program between writer and reader may change the decision; scores tie.
true, p = draw(400, 4, 1)
p = np.round(p, 1)
p[:, 0] += 1 - p.sum(1)
p = np.abs(p)
p /= p.sum(1, keepdims=True)
guess = np.where(rng.random(400) < .1, 3, p.argmax(1))
write("p.tsv", ["K%02d" % i for i in range(4)], true, p, guess)
check("ties, decisions of another program", ["p.tsv"], 4, true, p, guess, {"g": [1, 2]})

# Sites of unequal size, some of them without some classes, hand out tables in place of predictions.
for sites in (2, 8, 50):
    true, p = draw(4000, 10, 2, True)
    order = np.argsort(true + 2 * rng.standard_normal(4000), kind="stable")
    true, p = true[order], p[order]
    cuts = np.sort(rng.choice(np.arange(1, 4000), sites - 1, replace=False))
    tables = []
    for i, rows in enumerate(np.split(np.arange(4000), cuts)):
        write("site.tsv", ["K%02d" % c for c in range(10)], true[rows], p[rows])
        open("shared%d.tsv" % i, "wb").write(run("aml-score", "--share", "-g", "g=K01,K09", "site.tsv"))
        tables.append("shared%d.tsv" % i)
    check("%d sites" % sites, tables, 10, true, p, p.argmax(1), {"g": [1, 9]}, ranks=.001)
end()
