#!/usr/bin/env python3
"""The same small network in the forms that numpy gives weights. Run in this folder; needs numpy.

stored.npz    np.savez, <f4
f8.npz        np.savez_compressed, <f8
fortran.npz   np.savez, <f4 in Fortran order
big.npz       np.savez_compressed, >f4

and broken ones:
nan.npz       stored, number 17 of array 8 is NaN
large.npz     deflated, <f8, number 3 of array 0 is 1e300, more than float32 holds
variance.npz  stored, number 2 of array 13 is -1
shape.npz     stored, array 10 is one longer
objects.npz   stored, array 9 is pickled
"""
import numpy as np

SHAPES = [(3, 3, 4, 3), (3,), (3, 3, 3, 2), (2,), (3, 3, 2, 3), (3,), (3, 3, 3, 2), (2,),
          (2 * 2 * 2, 5), (5,), (5,), (5,), (5,), (5,), (5, 3), (3,)]


def named(w):
    return {str(i): a for i, a in enumerate(w)}


def changed(w, k, i, value, dtype="<f4"):
    w = [a.astype(dtype) for a in w]
    w[k].ravel()[i] = value
    return named(w)


def main():
    rng = np.random.default_rng(1)
    w = [rng.normal(0, .1, s).astype("<f4") for s in SHAPES]
    w[13] = np.abs(w[13])
    np.savez("stored.npz", **{str(i): a for i, a in enumerate(w)})
    np.savez_compressed("f8.npz", **{str(i): a.astype("<f8") for i, a in enumerate(w)})
    np.savez("fortran.npz", **{str(i): np.asfortranarray(a) for i, a in enumerate(w)})
    np.savez_compressed("big.npz", **{str(i): a.astype(">f4") for i, a in enumerate(w)})
    np.savez("nan.npz", **changed(w, 8, 17, np.nan))
    np.savez_compressed("large.npz", **changed(w, 0, 3, 1e300, "<f8"))
    np.savez("variance.npz", **changed(w, 13, 2, -1))
    np.savez("shape.npz", **named(w[:10] + [np.zeros(6, "<f4")] + w[11:]))
    np.savez("objects.npz", **named(w[:9] + [w[9].astype(object)] + w[10:]))


main()
