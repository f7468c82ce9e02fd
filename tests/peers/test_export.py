"""Exported models load and agree with their weights in TensorFlow, onnx, ONNX Runtime and OpenVINO."""
import subprocess, sys
from tap import *

cells("cells", 8)
run("aml-downsample", "-q", "-o", "dataset", "cells")
run("aml-init", "start.npz")
run("aml-train", "-q", "-d", "dataset", "-b", 8, "--bn", "exact", "start.npz", "model.npz")
run("aml-export", "-f", "savedmodel", "-o", "models", "model.npz")
run("aml-export", "-f", "onnx", "-o", "model.onnx", "model.npz")
p = subprocess.run([sys.executable, TOP / "tests/peers/check_export.py", "model.npz", "models/1", "model.onnx"],
                   capture_output=True, text=True)
for line in p.stdout.splitlines():
    print("#", line)
ok(p.returncode == 0, "check_export.py", p.stderr[-500:])
left_out = {line.split()[1] for line in p.stdout.splitlines() if line.startswith("skipped ")}
ok(left_out <= {"tensorflow-serving-api"}, "no other loader was left out", left_out)
end()
