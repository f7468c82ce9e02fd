"""Predictions and count tables with what scikit-learn says of them: make_report.py (run in this folder).

NAME.tsv      predictions (fifteen, tie, wrong) or a count table (absent, many)
NAME.report   classification_report of them, as report() has it
NAME.metrics  a line a class, then macro average, weighted average over the classes that occur:
              precision, recall, F1; then the accuracy
"""
import re
import numpy as np
from sklearn.metrics import accuracy_score, classification_report, precision_recall_fscore_support

CODES = "BAS EBO EOS KSC LYA LYT MMZ MOB MON MYB MYO NGB NGS PMB PMO".split()


def write_predictions(name, codes, true, p):
    with open(name + ".tsv", "w") as f:
        print("id", "true", "predicted", *codes, sep="\t", file=f)
        for i, row in enumerate(p):
            print(f"{codes[true[i]]}_{i:04}", codes[true[i]], codes[row.argmax()],
                  *("%.9g" % x for x in row), sep="\t", file=f)
    write_facts(name, codes, true, p.argmax(1))


def write_counts(name, codes, true, predicted):
    counts = np.zeros((len(codes), len(codes)), int)
    np.add.at(counts, (true, predicted), 1)
    with open(name + ".tsv", "w") as f:
        print("true\\predicted", *codes, sep="\t", file=f)
        for code, row in zip(codes, counts):
            print(code, *row, sep="\t", file=f)
    write_facts(name, codes, true, predicted)


def report(codes, true, predicted):
    """classification_report with all classes as labels, but: dashes for a class that occurs neither in truth nor
    in prediction, averages over the others (as without labels), and supports whole where no prediction is right."""
    occurs = np.union1d(true, predicted)
    rows = classification_report(true, predicted, labels=range(len(codes)), target_names=codes,
                                 zero_division=0).splitlines()
    own = classification_report(true, predicted, target_names=[codes[i] for i in occurs],
                                zero_division=0).splitlines()
    rows[-2:] = (line.strip().rjust(len(row)) for row, line in zip(rows[-2:], own[-2:]))
    for i in set(range(len(codes))) - set(occurs):
        rows[2 + i] = f"{codes[i]:>{len(rows[0]) - 41}} " + 3 * f"{'-':>10}" + f"{0:>10}"
    if len(occurs) < len(codes):
        rows += ["", f"macro avg: over the {len(occurs)} of {len(codes)} classes that occur in truth or prediction"]
    return "".join(re.sub(r"(\d+)\.0$", r"  \1", row) + "\n" for row in rows)


def write_facts(name, codes, true, predicted):
    with open(name + ".report", "w") as f:
        f.write(report(codes, true, predicted))
    with open(name + ".metrics", "w") as f:
        for row in zip(*precision_recall_fscore_support(true, predicted, labels=range(len(codes)),
                                                        zero_division=0)[:3]):
            print(*map(repr, map(float, row)), file=f)
        for average in "macro", "weighted":
            print(*map(repr, map(float, precision_recall_fscore_support(
                true, predicted, average=average, zero_division=0)[:3])), file=f)
        print(repr(float(accuracy_score(true, predicted))), file=f)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return (e / e.sum(1, keepdims=True)).astype("f4")


def main():
    rng = np.random.default_rng(20)
    true = rng.choice(15, 120, p=np.arange(1, 16) / 120)
    write_predictions("fifteen", CODES, true, softmax(rng.normal(size=(120, 15)) + 3 * np.eye(15)[true]))

    # Halves and quarters: averages that lie on the edge of two roundings, and an equal pair in each row.
    write_predictions("tie", ["A", "B"], np.array([0, 0, 0, 1, 1, 1, 1, 1]), np.full((8, 2), .5, "f4"))

    # Classes that are never true, never predicted, or neither; a code wider than the headings.
    true = rng.choice([0, 1, 2, 5], 60)
    predicted = np.where(rng.random(60) < .6, true, rng.choice([1, 2, 3], 60))
    write_counts("absent", ["one", "two", "three", "a code of 20 letters", "no", "\u00fcber"], true, predicted)

    # More classes than numpy sums in one block.
    true = rng.integers(0, 131, 900)
    predicted = np.where(rng.random(900) < .5, true, rng.integers(0, 131, 900))
    write_counts("many", [f"C{i}" for i in range(131)], true, predicted)

    # No prediction is right, and class C occurs nowhere.
    write_predictions("wrong", ["A", "B", "C"], np.array([0, 1]), np.array([[.3, .6, .1], [.6, .3, .1]], "f4"))


if __name__ == "__main__":
    main()
