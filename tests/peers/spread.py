"""Are training curves of aml-train such as Keras might have drawn? Called by spread.sh.

  spread.py keras DATASET VALID OUT.tsv --seed S --epochs N     trains tutorial.py's network; OUT is like aml-train's log
  spread.py table FOLDER --seeds N --epochs N                   compares FOLDER/{keras,ours}-SEED.tsv

VALID is a dataset of the images of DATASET that are held out. Exit status of table: 1 if for one of the quantities the mean
of our runs lies outside the range of Keras's in more than half of the epochs. "differs": the means of the
last epoch are more than two standard errors of their difference apart.
"""
import argparse, os, sys
import numpy as np

from tutorial import load_partition, network

BATCH, CLASSES = 32, 15
COLUMNS = "epoch loss accuracy valid_loss valid_accuracy".split()
COMPARED = "loss valid_loss valid_accuracy".split()
FIT_NAMES = "loss accuracy val_loss val_accuracy".split()


def train(dataset, valid, out, seed, epochs):
    import tensorflow as tf
    tf.keras.utils.set_random_seed(seed)
    ids, x, y = load_partition(dataset)
    held_out = np.isin(ids, list(np.load(os.path.join(valid, "labels.npy"), allow_pickle=True).item()))
    onehot = np.eye(CLASSES, dtype="float32")[y]
    visited = np.flatnonzero(~held_out)
    whole = len(visited) // BATCH * BATCH
    validation = x[held_out], onehot[held_out]
    model = network()
    rows = []
    for epoch in range(1, epochs + 1):
        order = np.random.permutation(visited)[:whole]  # the images left out are others every time, as with aml-train
        history = model.fit(x[order], onehot[order], batch_size=BATCH, shuffle=False, verbose=0,
                            validation_data=validation).history
        rows.append([epoch] + ["%.9g" % history[name][0] for name in FIT_NAMES])
        print("keras seed %d:" % seed, *rows[-1], file=sys.stderr)
    with open(out + ".new", "w") as f:
        f.writelines("\t".join(map(str, row)) + "\n" for row in [COLUMNS] + rows)
    os.rename(out + ".new", out)


def curves(folder, program, seeds, epochs):
    """{quantity: array [seed][epoch]}"""
    runs = [np.loadtxt(os.path.join(folder, "%s-%d.tsv" % (program, seed)), skiprows=1, ndmin=2)[:epochs]
            for seed in range(seeds)]
    return {name: np.array([run[:, COLUMNS.index(name)] for run in runs]) for name in COMPARED}


def verdict(name, keras, ours):
    """Prints a row; returns whether our mean lies within Keras's range in half of the epochs or more."""
    within = (ours.mean(0) >= keras.min(0)) & (ours.mean(0) <= keras.max(0))
    last = [runs[:, -1] for runs in (keras, ours)]
    difference = last[1].mean() - last[0].mean()
    error, differs = "-", "-"
    if len(ours) > 1:
        error = np.sqrt(sum(runs.var(ddof=1) / len(runs) for runs in last))
        error, differs = "%.4f" % error, "yes" if abs(difference) > 2 * error else "no"
    print(name, "%d/%d" % (within.sum(), within.size), "%.4f" % difference, error, differs, sep="\t")
    return within.sum() * 2 >= within.size


def table(folder, seeds, epochs):
    keras, ours = (curves(folder, program, seeds, epochs) for program in ("keras", "ours"))
    print("epoch", *("%s_%s_%s" % (name, program, what) for name in COMPARED for program in ("keras", "ours")
                     for what in ("min", "mean", "max")), sep="\t")
    for e in range(epochs):
        print(e + 1, *("%.4f" % what(runs[name][:, e]) for name in COMPARED for runs in (keras, ours)
                       for what in (np.min, np.mean, np.max)), sep="\t")
    print("\nquantity", "epochs_within", "last_difference", "standard_error", "differs", sep="\t")
    return all([verdict(name, keras[name], ours[name]) for name in COMPARED])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("step", choices=("keras", "table"))
    ap.add_argument("paths", nargs="+")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--seeds", type=int, default=5)
    ap.add_argument("--epochs", type=int, default=20)
    o = ap.parse_args()
    if o.step == "keras":
        train(*o.paths, o.seed, o.epochs)
    else:
        sys.exit(not table(*o.paths, o.seeds, o.epochs))


if __name__ == "__main__":
    main()
