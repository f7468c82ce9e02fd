"""The class of one image with ONNX Runtime: onnx_predict.py MODEL.onnx IMAGE"""
import sys
import numpy as np
import onnxruntime
from PIL import Image

image = Image.open(sys.argv[2]).resize((100, 100))
x = np.asarray(image, dtype="f4")[None] / np.float32(255)
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
print(session.run(None, {"inputs": x})[0].argmax())
