"""Grad-CAM by automatic differentiation in Keras: gradcam.npy, maps of w10.npz for the first images of x.npy.

Run with Keras 3 on the TensorFlow backend (made with TF 2.21, Keras 3.15, CPU). Writes next to itself: IMAGES x 15
classes x 7 x 7, '<f4', computed in float64. tests/peers/test_explain.py uses gradcam, too.
"""
import os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
import keras

HERE = os.path.dirname(os.path.abspath(__file__))
IMAGES = 3


def use_float64():
    """For the networks that are made from now on."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")


def split(model):
    """MODEL in two: from the image to the last convolution's output after relu, and from there to the logits."""
    at = max(i for i, l in enumerate(model.layers) if isinstance(l, keras.layers.Conv2D)) + 1
    assert isinstance(model.layers[at], keras.layers.Activation) and isinstance(model.layers[-1], keras.layers.Activation)
    first = keras.Sequential([keras.layers.Input(model.input_shape[1:]), *model.layers[:at + 1]])
    second = keras.Sequential([keras.layers.Input(first.output_shape[1:]), *model.layers[at + 1:-1]])
    return first, second


def gradcam(parts, image, label):
    """The map of class LABEL for one image, as large as the last convolution's output, 0..1.

    And how many times larger than the largest sum of weighted filters their absolute values add up to: where they
    cancel, the map is less exact by this factor, whoever computes it.
    """
    maps = parts[0](image[None], training=False)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        logit = parts[1](maps, training=False)[0, label]
    weights = tf.reduce_mean(tape.gradient(logit, maps), axis=(1, 2))
    terms = maps[0].numpy() * weights[0].numpy()
    cam = np.maximum(terms.sum(-1), 0)
    if cam.max() <= 0:
        return cam, 1
    return cam / cam.max(), np.abs(terms).sum(-1).max() / cam.max()


if __name__ == "__main__":
    use_float64()
    from make_keras import network
    m = network(20, 8, 16, 32)
    with np.load(os.path.join(HERE, "w10.npz")) as z:
        m.set_weights([z[str(i)] for i in range(16)])
    x = np.load(os.path.join(HERE, "x.npy"))[:IMAGES] / 255
    parts = split(m)
    out = np.array([[gradcam(parts, image, label)[0] for label in range(15)] for image in x], "<f4")
    np.save(os.path.join(HERE, "gradcam.npy"), out)
    print(out.shape, [int((c.max((1, 2)) == 0).sum()) for c in out], "maps of each image are all zero")
