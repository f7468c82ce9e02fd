"""The tutorial's preparation of images on two processes: pillow_pool.py TREE OUT"""
import os, sys
from multiprocessing import Pool
import numpy as np
from PIL import Image


def prepare(job):
    image = Image.open(job[0]).resize((100, 100))
    np.save(job[1], np.asarray(image, dtype="f4") / np.float32(255))


if __name__ == "__main__":
    tree, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    jobs = [(os.path.join(tree, c, f), os.path.join(out, f[:-5] + ".npy"))
            for c in sorted(os.listdir(tree)) for f in sorted(os.listdir(os.path.join(tree, c)))]
    with Pool(2) as pool:
        pool.map(prepare, jobs, 16)
