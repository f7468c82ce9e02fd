"""Three small datasets as numpy writes them: make_dataset.py (numpy 1.26 or newer; run in this folder).

singlets/  four images, one file each, '<f4'; a split; one image more that has no label
packed/    the same cells as '|u1' in images.npy, rows not in the order of the ids, two classes of its own
In both pixel k of image i (in byte order of the ids) is i * 48 + k, of 255.

many/      sixty packed images of 2 x 2 x 1 in five classes of unlike size, id cell_00 to cell_59 but for four odd names
"""
import os
import numpy as np

IDS = ["BAS 0001", "BAS_0001", "MON_0002", "\u00c4_3"]
LABELS = {"MON_0002": 8, "\u00c4_3": 14, "BAS_0001": 0, "BAS 0001": 0}
H, W, C = 3, 4, 4


def image(i):
    return (i * H * W * C + np.arange(H * W * C, dtype="uint8")).reshape(H, W, C)


os.makedirs("singlets/data_singlets", exist_ok=True)
os.makedirs("packed", exist_ok=True)
for i, name in enumerate(IDS):
    np.save(f"singlets/data_singlets/{name}.npy", (image(i) / 255).astype("float32"))
np.save("singlets/data_singlets/no_label.npy", np.zeros(3))
np.save("singlets/labels.npy", LABELS)
np.save("singlets/trainids.npy", np.array([IDS[2], IDS[0]]))
np.save("singlets/valids.npy", np.array([IDS[3]]))

order = [2, 0, 3, 1]
np.save("packed/images.npy", np.stack([image(i) for i in order]))
np.save("packed/ids.npy", np.array([IDS[i] for i in order]))
np.save("packed/labels.npy", {name: i % 2 for i, name in enumerate(IDS)})
with open("packed/classes.tsv", "w") as f:
    f.write("index\tcode\tname\n0\teven\tan even one\n1\todd\tan odd one\n")

names = ["two words", ".dot", "a\nb", "-n"] + [f"cell_{i:02}" for i in range(4, 60)]
classes = [0] * 31 + [1] * 16 + [3] * 8 + [8] * 4 + [14]
os.makedirs("many", exist_ok=True)
np.save("many/images.npy", np.arange(240, dtype="uint8").reshape(60, 2, 2, 1))
np.save("many/ids.npy", np.array(names))
np.save("many/labels.npy", dict(zip(names, classes)))
