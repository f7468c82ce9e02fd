"""Figures and intervals as numpy, scipy, scikit-learn and statsmodels have them: make_score.py (run in this folder).

skewed.tsv, patients.tsv   predictions with ties, a class without images and one that does not occur; whose they are
NAME.figures               of skewed.tsv and ../report/fifteen.tsv: a line a figure, its name, value, low, high
patients.figures           of skewed.tsv, intervals over patients: 200 resamples, seed 7
macro.tsv                  macro_interval: figure, prior, spread, hits, n, value, low, high

Written from the text of the headers, not from the C: gradients are complex steps, roots are scipy's, and draws are
of a Philox of its own."""
import numpy as np
from scipy import optimize, stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

Z = stats.norm.ppf(.975)
NONE = (np.nan,) * 3
SHARES = "sensitivity specificity precision npv".split()
OVERALL = ("accuracy balanced_accuracy macro_f1 weighted_f1 kappa mcc top2_accuracy log_loss brier ece").split()


# ---- tables ----

def read(path):
    head, *rows = [line.rstrip("\n").split("\t") for line in open(path)]
    codes = head[3:]
    return (codes, [row[0] for row in rows], np.array([codes.index(row[1]) for row in rows]),
            np.array([codes.index(row[2]) for row in rows]), np.array([row[3:] for row in rows], float))


def make_skewed():
    draw = np.random.default_rng(5)
    codes, shares = "ABCDEF", [.55, .25, .12, .08, 0, 0]
    true = np.sort(draw.choice(6, 260, p=shares))
    skill = draw.normal(1, .8, 13)
    with open("skewed.tsv", "w") as f, open("patients.tsv", "w") as whose:
        print("id", "true", "predicted", *codes, sep="\t", file=f)
        print("id", "patient", sep="\t", file=whose)
        for i, k in enumerate(true):
            patient = draw.integers(13)
            x = draw.normal(0, 1.2, 6) + [0, 0, 0, 0, -1.5, -9]
            x[k] += 1.2 + skill[patient]
            p = np.floor(100 * np.exp(x) / np.exp(x).sum())
            p[p.argmax()] += 100 - p.sum()
            print(f"cell {i}", codes[k], codes[p.argmax()], *(f"{q / 100:.9g}" for q in p), sep="\t", file=f)
            print(f"cell {i}", f"patient {patient}", sep="\t", file=whose)


# ---- intervals ----

def wilson(hits, n):
    return (hits / n, *proportion_confint(hits, n, method="wilson")) if n else NONE


def effective(v, n):
    """(v - q)^2 = Z^2 q (1 - q) / n"""
    low, high = sorted(np.roots([1 + Z * Z / n, -2 * v - Z * Z / n, v * v]).real)
    return v, 0 if v <= 0 else min(v, low), 1 if v >= 1 else max(v, high)


def mean_interval(x, most):
    k = x.sum() ** 2 / (x * x).sum() - 1
    by = np.exp(stats.t.ppf(.975, max(1, k)) * x.std(ddof=1) / np.sqrt(len(x)) / x.mean())
    return x.mean(), x.mean() / by, min(most, x.mean() * by)


def gradient(figure, p):
    g = np.empty(p.shape)
    for at in np.ndindex(p.shape):
        q = p.astype(complex)
        q[at] += 1e-30j
        g[at] = figure(q).imag / 1e-30
    return g


def variance(figure, p):
    g = gradient(figure, p)
    return (p * g * g).sum() - (p * g).sum() ** 2


def kappa(p):
    observed, expected = np.trace(p), (p.sum(0) * p.sum(1)).sum()
    return (observed - expected) / (1 - expected)


def mcc(p):
    r, c = p.sum(1), p.sum(0)
    return (np.trace(p) - (r * c).sum()) / np.sqrt((1 - (r * r).sum()) * (1 - (c * c).sum()))


def f1(p):
    return 2 * np.diag(p) / (p.sum(0) + p.sum(1))


def weighted_f1(p):
    return (p.sum(1) * f1(p)).sum()


def of_matrix(counts, value, figure, signed=False):
    k, n = len(counts), counts.sum()
    p = (counts + np.where(np.eye(k) > 0, .5, .5 / (k - 1))) / (n + k)
    smooth, v = figure(p), variance(figure, p)
    if signed:
        m = (1 + smooth) / 2
        low, high = effective((1 + value) / 2, m * (1 - m) * n / (v / 4))[1:]
        return value, 2 * low - 1, 2 * high - 1
    return effective(value, smooth * (1 - smooth) * n / v)


def spread_of(counts):
    k, n = len(counts), counts.sum()
    p = (counts + np.where(np.eye(k) > 0, .5, .5 / (k - 1))) / (n + k)
    return variance(lambda q: f1(q).sum(), p) / sum(variance(lambda q, i=i: f1(q)[i], p) for i in range(k))


def macro(hits, n, is_f1, prior, spread):
    hits, n = hits[n > 0], n[n > 0]
    figure = (lambda q: 2 * q / (1 + q)) if is_f1 else (lambda q: q)
    share = hits / n
    value = figure(share).mean()
    share = (share * n + prior * share.mean()) / (n + prior)
    weight = (2 / (1 + share) ** 2 if is_f1 else np.ones(len(n))) / len(n)

    def likeliest(p, a):
        """Where n (p log q + (1 - p) log(1 - q)) - n a q is largest."""
        if p in (0, 1):
            return min(1, 1 / max(a, 1)) if p else max(0, 1 - 1 / max(-a, 1))
        slope = lambda q: p - q - a * q * (1 - q)
        return optimize.brentq(slope, 0, 1, xtol=1e-300, rtol=1e-15)

    def moments(m, q):
        if m > 40 and is_f1:
            v = q * (1 - q) / m
            return 2 * q / (1 + q) - 2 * v / (1 + q) ** 3, 4 * v / (1 + q) ** 4
        x = np.arange(m + 1)
        chance, f = stats.binom.pmf(x, m, q), 2 * x / (m + x) if is_f1 else x / m
        mean = (chance * f).sum()
        return mean, (chance * (f - mean) ** 2).sum()

    def at(u, side):
        q = np.array([likeliest(*z) for z in zip(share, np.sinh(u) * weight / n)])
        mean, v = np.mean([moments(*z) for z in zip(n, q)], axis=0)
        return value - mean - side * Z * np.sqrt(spread * v / len(n)), figure(q).mean()

    def end(side):
        """Where the excess turns from below 0 to above; at all right and all wrong it is 0."""
        grid = np.linspace(-18, 18, 73)
        more = np.array([at(u, side)[0] for u in grid])
        below, above = grid[more < -1e-12], grid[more > 1e-12]
        if not len(below) or not len(above):
            return at(18 if len(below) else -18, side)[1]
        return at(optimize.brentq(lambda u: at(u, side)[0], below[-1], above[0], xtol=1e-13), side)[1]
    return value, min(value, end(1)), max(value, end(-1))


def auc_interval(score, positive):
    x, y = score[positive], score[~positive]
    m, n = len(x), len(y)
    if not m or not n:
        return NONE
    auc = metrics.roc_auc_score(positive, score)
    wins = (x[:, None] > y) + .5 * (x[:, None] == y)
    delong = wins.mean(1).var(ddof=1) / m + wins.mean(0).var(ddof=1) / n if min(m, n) > 1 else 0
    trust = min(m, n) / (min(m, n) + 10) if delong > 0 else 0

    def off(theta):
        k = (m + n) / 2 - 1
        newcombe = theta * (1 - theta) * (1 + k * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n)
        v = (1 - trust) * newcombe + (trust * delong * theta * (1 - theta) / (auc * (1 - auc)) if trust else 0)
        return (auc - theta) ** 2 - Z * Z * v
    tiny = 1e-12
    low = optimize.brentq(off, tiny, auc - tiny, xtol=1e-14) if auc > 0 else 0
    return auc, low, optimize.brentq(off, auc + tiny, 1 - tiny, xtol=1e-14) if auc < 1 else 1


def precision_interval(score, positive):
    if not positive.any():
        return NONE
    value, m = metrics.average_precision_score(positive, score), positive.sum()

    def weighted(w):
        down = np.array([(w * (score >= s)).sum() for s in score])
        hits = np.array([(w * positive * (score >= s)).sum() for s in score])
        return (w * positive * hits / down).sum() / (w * positive).sum()
    ones = np.ones(len(score))
    assert abs(weighted(ones) - value) < 1e-12
    v = (gradient(weighted, ones) ** 2).sum()
    n = value * (1 - value) / v if v > 0 and 0 < value < 1 else m
    trust = m / (m + 4)
    return effective(value, 1 / (trust / n + (1 - trust) / min(n, m)))


def ece_interval(confidence, right):
    n = len(right)
    at = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    used = [at == i for i in range(15) if (at == i).any()]
    off = np.array([abs(right[b].sum() - confidence[b].sum()) / n for b in used])
    error = []
    for b in used:
        mean = confidence[b].mean()
        error.append(np.sqrt((((confidence[b] - right[b]) ** 2).sum() + mean * (1 - mean)) / (b.sum() + 1) * b.sum()) / n)
    error, ece = np.array(error), off.sum()

    def excess(tau, side):
        folded = stats.foldnorm(tau * off / ece / error, scale=error)
        return folded.mean().sum() + side * Z * np.sqrt(folded.var().sum()) - ece
    low = optimize.brentq(excess, 0, 1, (1,)) if excess(0, 1) < 0 else 0
    return ece, min(ece, low), max(ece, optimize.brentq(excess, 0, 1, (-1,)))


# ---- the figures ----

def ece(confidence, right):
    at = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    return sum(abs(right[at == i].mean() - confidence[at == i].mean()) * (at == i).mean() for i in range(15) if (at == i).any())


def losses(true, p):
    k = p.shape[1]
    assert np.allclose(p.sum(1), 1, atol=.01)
    log_loss = -np.log(np.clip(p[np.arange(len(p)), true], 2 ** -52, 1 - 2 ** -52))
    return log_loss, ((p - np.eye(k)[true]) ** 2).sum(1)


def top2(true, p):
    return (np.argsort(-p, axis=1, kind="stable")[:, :2] == true[:, None]).any(1)


def overall(true, predicted, p):
    log_loss, brier = losses(true, p)
    with np.errstate(all="ignore"):
        return [metrics.accuracy_score(true, predicted),
                metrics.recall_score(true, predicted, average="macro", labels=np.unique(true), zero_division=0),
                metrics.f1_score(true, predicted, average="macro", zero_division=0),
                metrics.f1_score(true, predicted, average="weighted", zero_division=0),
                metrics.cohen_kappa_score(true, predicted), metrics.matthews_corrcoef(true, predicted),
                top2(true, p).mean(), log_loss.mean(), brier.mean(), ece(p.max(1), true == predicted)]


def fourfold(positive, taken):
    tp, fn, fp, tn = (positive & taken).sum(), (positive & ~taken).sum(), (~positive & taken).sum(), (~positive & ~taken).sum()
    return [(tp, tp + fn), (tn, tn + fp), (tp, tp + fp), (tn, tn + fn), (tp, tp + fn + fp)]


def rows_of(codes, groups, true, predicted, p):
    sets = [("class." + code, [i]) for i, code in enumerate(codes)] + \
           [("group." + name, [codes.index(code) for code in of]) for name, of in groups]
    for name, of in sets:
        yield name, np.isin(true, of), np.isin(predicted, of), p[:, of].sum(1) if len(of) > 1 else p[:, of[0]]


def figures(codes, true, predicted, p, groups):
    out, n = {}, len(true)
    counts = metrics.confusion_matrix(true, predicted)
    values = dict(zip(OVERALL, overall(true, predicted, p)))
    right, whole = np.diag(counts), counts.sum(1)
    union = whole + counts.sum(0) - right
    out["accuracy"] = wilson(right.sum(), n)
    out["top2_accuracy"] = wilson(top2(true, p).sum(), n)
    out["balanced_accuracy"] = macro(right, whole, False, 1, 1)
    out["macro_f1"] = macro(right, union, True, 2, spread_of(counts))
    out["weighted_f1"] = of_matrix(counts, values["weighted_f1"], weighted_f1)
    out["kappa"] = of_matrix(counts, values["kappa"], kappa, True)
    out["mcc"] = of_matrix(counts, values["mcc"], mcc, True)
    log_loss, brier = losses(true, p)
    out["log_loss"] = mean_interval(log_loss, 52 * np.log(2))
    out["brier"] = mean_interval(brier, 2)
    out["ece"] = ece_interval(p.max(1), true == predicted)
    for name in OVERALL:
        assert abs(out[name][0] - values[name]) < 1e-12, name
    out = {"overall." + name: out[name] for name in OVERALL}
    for name, positive, taken, score in rows_of(codes, groups, true, predicted, p):
        occurs = (positive | taken).any()
        shares = fourfold(positive, taken)
        for figure, share in zip(SHARES, shares):
            out[f"{name}.{figure}"] = wilson(*share) if occurs else NONE
        out[f"{name}.f1"] = tuple(2 * x / (1 + x) for x in wilson(*shares[4])) if occurs else NONE
        out[f"{name}.auc"] = auc_interval(score, positive) if occurs else NONE
        out[f"{name}.average_precision"] = precision_interval(score, positive) if occurs else NONE
    return out


# ---- patients drawn again ----

def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xd2511f53 * c[0], 0xcd9e8d57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & 0xffffffff, a >> 32 ^ c[3] ^ k[1], a & 0xffffffff]
        k = [(k[0] + 0x9e3779b9) & 0xffffffff, (k[1] + 0xbb67ae85) & 0xffffffff]
    return c


def draws(seed, resample, n):
    """N numbers below N, by multiplication, the few that would favour some of them left out."""
    block, out = 0, []
    while len(out) < n:
        for u in philox((block, 0, resample, 9), (seed & 0xffffffff, seed >> 32)):
            if u * n & 0xffffffff >= (2 ** 32 - n) % n and len(out) < n:
                out.append(u * n >> 32)
        block += 1
    return out


def resampled(codes, true, predicted, p, groups):
    def ratio(hits, n):
        return hits / n if n else np.nan
    x = overall(true, predicted, p)
    for _, positive, taken, score in rows_of(codes, groups, true, predicted, p):
        shares = [ratio(*s) for s in fourfold(positive, taken)]
        x += shares[:4] + [2 * shares[4] / (1 + shares[4])]
        both = positive.any() and not positive.all()
        x += [metrics.roc_auc_score(positive, score) if both else np.nan,
              metrics.average_precision_score(positive, score) if positive.any() else np.nan]
    return x


def over_patients(codes, ids, true, predicted, p, groups, plain, resamples=200, seed=7):
    whose = dict(line.rstrip("\n").split("\t") for line in open("patients.tsv"))
    names = sorted(set(whose[i] for i in ids))
    images = [np.array([k for k, i in enumerate(ids) if whose[i] == name]) for name in names]
    n, table = len(names), []
    for k in range(resamples):
        take = np.concatenate([images[i] for i in draws(seed, k, n)])
        table.append(resampled(codes, true[take], predicted[take], p[take], groups))
    error = [np.std(column[~np.isnan(column)], ddof=1) if (~np.isnan(column)).sum() > 1 else np.nan
             for column in np.array(table).T]
    t, edge, out = stats.t.ppf(.975, n - 1) * np.sqrt(n / (n - 1)), .5 / len(true), {}

    def around(v, e):
        q = min(1 - edge, max(edge, v))
        half = t * e / (q * (1 - q))
        low, high = (1 / (1 + np.exp(-(np.log(q / (1 - q)) + s * half))) for s in (-1, 1))
        return v, min(v, low), max(v, high)
    for (name, old), e in zip(plain.items(), error):
        v, figure = old[0], name.rpartition(".")[2]
        if np.isnan(v) or not e > 0:
            out[name] = old
        elif figure in ("kappa", "mcc"):
            m, low, high = around((1 + v) / 2, e / 2)
            out[name] = v, 2 * low - 1, 2 * high - 1
        elif figure in ("log_loss", "brier"):
            by = np.exp(t * e / v)
            out[name] = v, v / by, v * by
        else:
            out[name] = around(v, e)
    return out


def write(path, table):
    with open(path, "w") as f:
        for name, numbers in table.items():
            print(name, *(repr(float(x)) for x in numbers), sep="\t", file=f)


def write_macro():
    draw, rows = np.random.default_rng(2), []
    for classes in 1, 2, 5, 15:
        for is_f1 in False, True:
            for many in 8, 300:
                n = draw.integers(1, many, classes)
                rows.append((is_f1, 2 if is_f1 else 1, 1.3 if is_f1 else 1, draw.binomial(n, draw.beta(6, 2, classes)), n))
    rows.append((False, 1, 1, np.array([3, 4]), np.array([3, 4])))
    rows.append((True, 2, 1, np.array([0, 0, 0]), np.array([2, 9, 50])))
    rows.append((False, 0, 1, np.array([9]), np.array([10])))
    rows.append((False, 1, 1, np.array([2, 0, 5]), np.array([4, 0, 6])))
    with open("macro.tsv", "w") as f:
        print("figure", "prior", "spread", "hits", "n", "value", "low", "high", sep="\t", file=f)
        for is_f1, prior, spread, hits, n in rows:
            print("f1" if is_f1 else "share", prior, spread, ",".join(map(str, hits)), ",".join(map(str, n)),
                  *(repr(float(x)) for x in macro(hits, n, is_f1, prior, spread)), sep="\t", file=f)


make_skewed()
write_macro()
codes, ids, *table = read("../report/fifteen.tsv")
write("fifteen.figures", figures(codes, *table, [("blast", ["MYO", "MOB"]), ("lymphocytes", ["LYT", "LYA"])]))
codes, ids, *table = read("skewed.tsv")
groups = [("first two", ["A", "B"]), ("rare", ["D", "E"])]
plain = figures(codes, *table, groups)
write("skewed.figures", plain)
write("patients.figures", over_patients(codes, ids, *table, groups, plain))
