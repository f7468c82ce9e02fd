#!/usr/bin/env python3
"""The same small network in the forms that numpy gives weights. Run in this folder; needs numpy.

stored.npz    np.savez, <f4
f8.npz        np.savez_compressed, <f8
fortran.npz   np.savez, <f4 in Fortran order
big.npz       np.savez_compressed, >f4
"""
import numpy as np

SHAPES = [(3, 3, 4, 3), (3,), (3, 3, 3, 2), (2,), (3, 3, 2, 3), (3,), (3, 3, 3, 2), (2,),
          (2 * 2 * 2, 5), (5,), (5,), (5,), (5,), (5,), (5, 3), (3,)]


def main():
    rng = np.random.default_rng(1)
    w = [rng.normal(0, .1, s).astype("<f4") for s in SHAPES]
    w[13] = np.abs(w[13])
    np.savez("stored.npz", **{str(i): a for i, a in enumerate(w)})
    np.savez_compressed("f8.npz", **{str(i): a.astype("<f8") for i, a in enumerate(w)})
    np.savez("fortran.npz", **{str(i): np.asfortranarray(a) for i, a in enumerate(w)})
    np.savez_compressed("big.npz", **{str(i): a.astype(">f4") for i, a in enumerate(w)})


main()
