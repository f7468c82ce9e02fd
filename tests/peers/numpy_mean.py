"""Mean of weights files as FEDn takes it, one after the other: numpy_mean.py OUT.npz IN.npz..."""
import sys
import numpy as np

mean, total = None, 0
for path in sys.argv[2:]:
    with np.load(path) as z:
        w = [z[str(i)] for i in range(len(z.files))]
    total += 100
    mean = w if mean is None else [np.add(m, 100 * (y - m) / total) for m, y in zip(mean, w)]
np.savez(sys.argv[1], **{str(i): a for i, a in enumerate(mean)})
