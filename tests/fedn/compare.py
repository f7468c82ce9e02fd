"""Largest difference between two weights files: compare.py A.npz B.npz [KEY-TO-LEAVE-OUT...]

Neighbouring float32 numbers count as equal: above 1 they are more than 1e-7 apart.
"""
import sys
import numpy as np

a, b = np.load(sys.argv[1]), np.load(sys.argv[2])
if set(a.files) != set(b.files):
    sys.exit("compare.py: different arrays")
worst = 0
for k in sorted(set(a.files) - set(sys.argv[3:]), key=int):
    x, y = a[k].astype("f4"), b[k].astype("f4")
    d = np.abs(x.astype("f8") - y)
    worst = max(worst, d[d > np.spacing(np.abs(y))].max(initial=0))
print("%.3g" % worst)
