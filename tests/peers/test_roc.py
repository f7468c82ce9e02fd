"""aml-roc's points, areas and intervals are scikit-learn's and statsmodels' on the same predictions."""
import csv, math
import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve
from statsmodels.stats.proportion import proportion_confint
from tap import *

rng = np.random.default_rng(3)
EXACT = 1e-12
PRINTED = 0.0005 + 1e-9


def write(name, codes, true, p):
    with open(name, "w") as f:
        print("id", "true", "predicted", *codes, sep="\t", file=f)
        for i, row in enumerate(p):
            print(i, codes[true[i]], codes[row.argmax()], *("%.9g" % x for x in row), sep="\t", file=f)


def read(name):
    """True codes, and the probabilities of each class."""
    with open(name, newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    codes = list(rows[0])[3:]
    return np.array([r["true"] for r in rows]), {c: np.array([float(r[c]) for r in rows]) for c in codes}


def question(name, members):
    """Positive or not, and the score: the sum in the order of the classes."""
    true, p = read(name)
    return np.isin(true, members), sum(p[c] for c in p if c in members)


def option(members):
    return ["--class", members[0]] if len(members) == 1 else ["-g", "x=" + ",".join(members)]


def points(name, members):
    lines = run("aml-roc", *option(members), "-f", "tsv", "x=" + name).decode().splitlines()
    return np.array([[float(v) for v in line.split("\t")[1:]] for line in lines[1:]])


def summary(name, members, *options):
    """The cells of the last line, intervals taken apart."""
    text = run("aml-roc", *option(members), *options, "x=" + name).decode()
    return [l.replace("(", " ").replace(")", " ").replace("-", " ").split()[1:] for l in text.splitlines() if l[:2] == "x "]


def delong(positive, score):
    """The plain formula, every positive with every negative."""
    a, b = score[positive], score[~positive]
    wins = (a[:, None] > b) + 0.5 * (a[:, None] == b)
    return wins.mean(1).var(ddof=1) / len(a) + wins.mean(0).var(ddof=1) / len(b)


def auc_limits(positive, score):
    """Where the area is 1.96 standard errors away: DeLong's and Newcombe's variance, mixed by the fewer cases."""
    auc, variance = roc_auc_score(positive, score), delong(positive, score)
    m, n = positive.sum(), (~positive).sum()
    trust = min(m, n) / (min(m, n) + 10) if variance > 0 else 0

    def excess(x):
        k = (m + n) / 2 - 1
        newcombe = x * (1 - x) * (1 + k * (1 - x) / (2 - x) + k * x / (1 + x)) / (m * n)
        seen = variance * x * (1 - x) / (auc * (1 - auc)) if trust else 0
        return (auc - x) ** 2 - norm.ppf(0.975) ** 2 * (trust * seen + (1 - trust) * newcombe)

    tiny = 1e-12
    return brentq(excess, tiny, auc - tiny) if auc else 0, brentq(excess, auc + tiny, 1 - tiny) if auc < 1 else 1


def compare(name, members):
    what = name + " " + "+".join(members)
    positive, score = question(name, members)
    got = points(name, members)
    fpr, tpr, threshold = roc_curve(positive, score, drop_intermediate=False)
    if not ok(len(got) == len(threshold), what + ": as many points as roc_curve", len(got), len(threshold)):
        return
    near(got[1:, 0], threshold[1:], EXACT, what + ": thresholds")
    ok(math.isinf(got[0, 0]) and math.isinf(threshold[0]), what + ": the first is infinite")
    near(got[:, 3], tpr, EXACT, what + ": sensitivities")
    near(1 - got[:, 4], fpr, EXACT, what + ": specificities")
    near(got[1:, 5], precision_recall_curve(positive, score)[0][-2::-1], EXACT, what + ": precisions")
    # from the points, which have all digits
    area = np.trapezoid(got[:, 3], 1 - got[:, 4])
    near(area, roc_auc_score(positive, score), EXACT, what + ": the area below the points")
    steps = np.sum(np.diff(got[:, 3]) * got[1:, 5])
    near(steps, average_precision_score(positive, score), EXACT, what + ": the steps of precision")

    areas, = summary(name, members)
    auc = roc_auc_score(positive, score)
    ok(areas[:2] == [str(len(score)), str(positive.sum())], what + ": images, positives", areas)
    near(float(areas[2]), auc, PRINTED, what + ": printed area")
    near(float(areas[-1]), average_precision_score(positive, score), PRINTED, what + ": printed average precision")
    near([float(x) for x in areas[3:5]], auc_limits(positive, score), PRINTED, what + ": the area's interval")
    for wanted in 0.5, 0.9, 0.95:
        mark(name, members, wanted, positive, score, what)


def mark(name, members, wanted, positive, score, what):
    """The highest threshold with the sensitivity, the lowest with the specificity; all shares' intervals."""
    candidates = np.unique(score)
    high = max(t for t in candidates if (score[positive] >= t).mean() >= wanted)
    low = min(t for t in np.append(candidates, np.inf) if (score[~positive] < t).mean() >= wanted)
    for how, t in ("--at-sensitivity", high), ("--at-specificity", low):
        got = summary(name, members, how, wanted)[1]
        called = score >= t
        near(0 if float(got[0]) == t else float(got[0]) - t, 0, 1e-8, "%s %s %g: threshold" % (what, how, wanted))
        shares = [((called & positive).sum(), positive.sum()), ((~called & ~positive).sum(), (~positive).sum()),
                  ((called & positive).sum(), called.sum()), ((~called & ~positive).sum(), (~called).sum())]
        if min(n for _, n in shares) == 0:
            continue
        want = [x for hits, n in shares for x in (hits / n, *proportion_confint(hits, n, 0.05, "wilson"))]
        near([float(x) for x in got[1:]], want, PRINTED, "%s %s %g: shares, Wilson's intervals" % (what, how, wanted))


def random_table(name, n, classes, apart, digits):
    """Few digits make ties; what is cut off goes to the last class."""
    true = rng.integers(0, classes, n)
    logits = rng.normal(0, 1, (n, classes))
    logits[np.arange(n), true] += apart
    p = np.exp(logits)
    p = np.floor(p / p.sum(1, keepdims=True) * 10**digits) / 10**digits
    p[:, -1] = np.maximum(0, 1 - p[:, :-1].sum(1))
    write(name, CODES[:classes], true, p)


random_table("many.tsv", 3000, 6, 1.5, 9)
random_table("ties.tsv", 500, 4, 1, 1)
random_table("few.tsv", 30, 3, 1, 9)
random_table("apart.tsv", 60, 3, 30, 9)
cells("cells", 30)
run("aml-downsample", "-q", "-s", 40, "-o", "dataset", "cells")
run("aml-init", "--size", 40, "start.npz")
run("aml-train", "-q", "-d", "dataset", "-e", 4, "-b", 8, "--bn", "exact", "start.npz", "model.npz")
run("aml-eval", "-q", "-d", "dataset", "--split", "all", "-p", "real.tsv", "model.npz")
for table in "many.tsv", "ties.tsv", "few.tsv", "apart.tsv":
    compare(table, ["BAS"])
    compare(table, ["BAS", "EOS"])
compare("real.tsv", ["LYT"])
compare("real.tsv", ["BAS", "EOS", "NGS"])
end()
