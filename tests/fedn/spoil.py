"""A broken or hostile client's update: spoil.py nan|scale PREVIOUS.npz UPDATE.npz, in place"""
import sys
import numpy as np

how, previous, update = sys.argv[1:]
with np.load(previous) as p, np.load(update) as u:
    arrays = {k: u[k] for k in u.files}
    if how == "nan":
        arrays["8"].flat[0] = np.nan
    else:
        arrays = {k: p[k] + np.float32(1000) * (a - p[k]) if k not in ("12", "13") else a for k, a in arrays.items()}
np.savez(update, **arrays)
