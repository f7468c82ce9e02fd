"""TIFFs with odd tags: aml-downsample refuses those that Pillow refuses, and gives its pixels of the others."""
import collections, io, os, pathlib, subprocess, sys, warnings
import numpy as np
from PIL import Image
from tap import *

sys.path.append(str(TOP / "tests/data/images"))
import make_tiff_tags as made

SIDE = 16


def pillow(data):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.array(Image.open(io.BytesIO(data)).convert("RGBA").resize((SIDE, SIDE), 0))
    except Exception:
        return None


def ours(files):
    """What one run makes of the files, by number; those that are left out are refused."""
    os.makedirs("tags/BAS")
    for i, data in enumerate(files):
        pathlib.Path("tags/BAS/%05d.tif" % i).write_bytes(data)
    subprocess.run(["aml-downsample", "-q", "-k", "-t", "u1", "-s", str(SIDE), "-f", "nearest", "--packed", "-o", "data", "tags"],
                   stderr=subprocess.DEVNULL)
    return {int(i): pixels for i, pixels in zip(np.load("data/ids.npy"), np.load("data/images.npy"))}


cases = list(dict.fromkeys(made.cases()))
marked = made.marks(TOP / "tests/data/images/tiff_tags.tsv")
files = [made.built(*case) for case in cases]
got = ours(files)
wrong, files_of = collections.defaultdict(list), collections.Counter()
for i, (case, data) in enumerate(zip(cases, files)):
    want, pixels = pillow(data), got.get(i)
    files_of[case[:3]] += 1
    if case in marked:
        fine = pixels is None
    elif want is None or pixels is None:
        fine = want is None and pixels is None
    else:
        fine = (want == pixels).all()
    if not fine:
        wrong[case[:3]].append("%s: %s, Pillow %s" % (case[3] or "as it is", "refused" if pixels is None else "read",
                                                      "refuses" if want is None else "reads"))
for key, n in files_of.items():
    ok(not wrong[key], "%s %s %s: %d TIFFs as Pillow takes them" % (*key, n), *wrong[key])
end()
