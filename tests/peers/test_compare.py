"""aml-compare's tests are statsmodels's, and its intervals those of plain formulas."""
import itertools, json
import numpy as np
from scipy import stats
from sklearn.metrics import f1_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from tap import *

GROUP = ["MYO", "MOB", "EBO"]
Z = stats.norm.ppf(.975)


def made_up(count, patients, better, seed):
    """True classes, patients, and the probabilities of A and B, B more often right by BETTER."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 15, count)
    patient = rng.integers(0, patients, count)
    shared = rng.normal(0, 1, (count, 15))
    shared[np.arange(count), true] += 1.5
    p = []
    for more in (0, better):
        z = shared + rng.normal(0, .8, (count, 15))
        z[np.arange(count), true] += more * rng.normal(1, 1, patients)[patient]
        z = np.round(z, 1)                                      # ties
        p.append(np.exp(z) / np.exp(z).sum(1, keepdims=True))
    return true, patient, p


def write(name, true, p, order):
    with open(name, "w") as f:
        print("id", "true", "predicted", *CODES, sep="\t", file=f)
        for i in order:
            print(i, CODES[true[i]], CODES[p[i].argmax()], *("%.17g" % x for x in p[i]), sep="\t", file=f)


def newcombe(only_a, only_b, both, neither):
    """Newcombe 1998, method 10, B less A, as in the paper."""
    n = only_a + only_b + both + neither
    pa, pb = (both + only_a) / n, (both + only_b) / n
    la, ua = proportion_confint(both + only_a, n, method="wilson")
    lb, ub = proportion_confint(both + only_b, n, method="wilson")
    top, below = both * neither - only_a * only_b, (both + only_a) * (neither + only_b) * (both + only_b) * (neither + only_a)
    if top > n / 2:
        phi = (top - n / 2) / below ** .5
    elif top >= 0:
        phi = 0
    else:
        phi = top / below ** .5
    down = ((pb - lb) ** 2 - 2 * phi * (pb - lb) * (ua - pa) + (ua - pa) ** 2) ** .5
    up = ((ub - pb) ** 2 - 2 * phi * (ub - pb) * (pa - la) + (pa - la) ** 2) ** .5
    return [pb - pa, pb - pa - down, pb - pa + up]


def placements(score, positive):
    """Of each positive among negatives and of each negative among positives, pair by pair."""
    x, y = score[positive][:, None], score[~positive][None, :]
    won = (x > y) + .5 * (x == y)
    return won.mean(1), won.mean(0)


def delong(a, b, positive):
    """AUCs, the variance of their difference."""
    (xa, ya), (xb, yb) = placements(a, positive), placements(b, positive)
    return xa.mean(), xb.mean(), np.var(xb - xa, ddof=1) / len(xa) + np.var(yb - ya, ddof=1) / len(ya)


def clustered(a, b, positive, patient):
    """The same over patients, and the degrees of freedom."""
    (xa, ya), (xb, yb) = placements(a, positive), placements(b, positive)
    x, y = xb - xa, yb - ya
    moved = [(x - x.mean())[patient[positive] == k].sum() / len(x) + (y - y.mean())[patient[~positive] == k].sum() / len(y)
             for k in np.unique(patient)]
    freedom = min(len(np.unique(patient[positive])), len(np.unique(patient[~positive]))) - 1
    return np.var(moved, ddof=1) * len(moved), freedom


def all_signs(more):
    """The share of all signs at which the sum is as far from 0."""
    signs = np.array(list(itertools.product((-1, 1), repeat=len(more))))
    return (abs(signs @ more) >= abs(more.sum())).mean()


def values(interval):
    return [interval[k] for k in ("value", "low", "high")]


def relative(got, want, limit, what):
    """Tiny p values, too, to LIMIT of their size."""
    got, want = np.asarray(got, "f8"), np.asarray(want, "f8")
    near(got / want, np.ones_like(want), limit, what)


def compare(*options):
    return json.loads(run("aml-compare", "--json", "-g", "blasts=" + ",".join(GROUP), *options, "a.tsv", "b.tsv"))


def check(count, patients, better, seed):
    what = "%d images" % count
    true, patient, p = made_up(count, patients, better, seed)
    order = np.random.default_rng(seed + 1).permutation(count)
    write("a.tsv", true, p[0], range(count))
    write("b.tsv", true, p[1], order)
    with open("patients.tsv", "w") as f:
        f.writelines("%d\tpatient %d\n" % (i, patient[i]) for i in range(count))
    got, by = compare(), compare("--patients", "patients.tsv")
    a, b = p[0].argmax(1), p[1].argmax(1)
    right = [[int(((a == true) == i).astype(int) @ ((b == true) == j)) for j in (False, True)] for i in (False, True)]
    relative(got["mcnemar_p"], mcnemar(right, exact=True).pvalue, 1e-9, what + ": McNemar's test")
    near(values(got["difference"]), newcombe(right[1][0], right[0][1], right[1][1], right[0][0]), 1e-12, what + ": Newcombe's interval")
    near([got["macro_f1_a"], got["macro_f1_b"]], [f1_score(true, x, average="macro") for x in (a, b)], 1e-12, what + ": macro F1")
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(0, count, count) for _ in range(500)]
    error = np.std([f1_score(true[d], b[d], average="macro") - f1_score(true[d], a[d], average="macro") for d in drawn])
    half = (got["macro_f1_difference"]["high"] - got["macro_f1_difference"]["low"]) / 2
    near(half / Z / error, 1, .15, what + ": the bootstrap's standard error, by other numbers")
    rows = list(got["by_class"].values())
    near([r["p_holm"] for r in rows], multipletests([r["p"] for r in rows], method="holm")[1], 1e-12, what + ": Holm's correction")
    near([r["mcnemar_p_holm"] for r in rows], multipletests([r["mcnemar_p"] for r in rows], method="holm")[1], 1e-12, what + ": of McNemar's tests")
    members = [[c] for c in CODES] + [GROUP]
    tables = [got["by_class"][c] for c in CODES] + [got["by_group"]["blasts"]]
    tables_by = [by["by_class"][c] for c in CODES] + [by["by_group"]["blasts"]]
    want, want_by, areas, answers = [], [], [], []
    for codes in members:
        k = [CODES.index(c) for c in codes]
        positive, sa, sb = np.isin(true, k), p[0][:, k].sum(1), p[1][:, k].sum(1)
        area_a, area_b, variance = delong(sa, sb, positive)
        d, e = area_b - area_a, variance ** .5
        areas.append([roc_auc_score(positive, sa), roc_auc_score(positive, sb)])
        want.append([d, max(-1, d - Z * e), min(1, d + Z * e), 2 * stats.norm.sf(abs(d) / e)])
        variance, freedom = clustered(sa, sb, positive, patient)
        e, t = variance ** .5, stats.t.ppf(.975, freedom)
        want_by.append([d, max(-1, d - t * e), min(1, d + t * e), 2 * stats.t.sf(abs(d) / e, freedom)])
        ra, rb = np.isin(a, k)[positive], np.isin(b, k)[positive]
        answers.append(mcnemar([[(~ra & ~rb).sum(), (~ra & rb).sum()], [(ra & ~rb).sum(), (ra & rb).sum()]], exact=True).pvalue)
    near([[t["auc_a"], t["auc_b"]] for t in tables], areas, 1e-12, what + ": AUC, of classes and a group")
    near([values(t["difference"]) + [t["p"]] for t in tables], want, 1e-9, what + ": DeLong's interval and p")
    near([values(t["difference"]) + [t["p"]] for t in tables_by], want_by, 1e-9, what + ": the same over patients")
    relative([t["mcnemar_p"] for t in tables], answers, 1e-9, what + ": McNemar's test of sensitivities")
    more = np.array([((b == true).astype(int) - (a == true))[patient == k].sum() for k in range(patients)])
    near(by["mcnemar_p"], all_signs(more), 1e-12, what + ": signs of patients, all of them")


check(150, 6, .5, 1)
check(600, 12, .4, 2)
check(2000, 14, .1, 3)
end()
