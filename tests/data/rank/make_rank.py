"""Scores of cases with what scikit-learn and statsmodels say of them: make_rank.py (run in this folder).

NAME.tsv      a line a case: score, 1 for a positive or 0
NAME.curve    a line a threshold: threshold, true positives, false positives, sensitivity, 1 - specificity,
              precision (nan where nothing is called positive)
summary.tsv   a line a NAME: area under the ROC curve, average precision
wilson.tsv    hits, cases, then the ends of Wilson's interval at 95 % and at 97.5 %
"""
import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(7)
summary = open("summary.tsv", "w")


def write(name, score, positive):
    with open(name + ".tsv", "w") as f:
        for s, p in zip(score, positive):
            print("%.17g" % s, int(p), sep="\t", file=f)
    fpr, tpr, threshold = roc_curve(positive, score, drop_intermediate=False)
    precision = precision_recall_curve(positive, score)[0]
    with open(name + ".curve", "w") as f:
        # scikit-learn's precisions come from the lowest threshold up, and end with 1 where nothing is called
        for t, x, y, p in zip(threshold, fpr, tpr, np.append(np.nan, precision[-2::-1])):
            print("%.17g" % t, round(y * sum(positive)), round(x * sum(positive == 0)),
                  "%.17g" % y, "%.17g" % x, "%.17g" % p, sep="\t", file=f)
    print(name, "%.17g" % roc_auc_score(positive, score), "%.17g" % average_precision_score(positive, score),
          sep="\t", file=summary)


def cases(n, share, apart):
    positive = (rng.random(n) < share).astype(int)
    return positive, 1 / (1 + np.exp(-rng.normal(apart * positive - 1, 1.5)))


positive, score = cases(300, 0.3, 2)
write("smooth", score, positive)
positive, score = cases(400, 0.2, 1)
write("ties", np.round(score, 1), positive)
positive, score = cases(40, 0.5, -1)
write("worse", score, positive)
write("alike", np.full(7, 0.25), np.array([1, 0, 0, 1, 0, 0, 0]))
write("apart", np.array([0.9, 0.1, 0.8, 0.2, 0.3]), np.array([1, 0, 1, 0, 0]))
write("one", np.array([0.5, 0.75, 0.5, 0.25]), np.array([1, 0, 0, 0]))

with open("wilson.tsv", "w") as f:
    for hits, n in (0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (19, 20), (81, 263), (99999, 100000), (123456789, 1 << 40):
        limits = [x for alpha in (0.05, 0.025) for x in proportion_confint(hits, n, alpha, "wilson")]
        print(hits, n, *("%.17g" % x for x in limits), sep="\t", file=f)
