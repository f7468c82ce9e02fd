#!/bin/sh
# Our times beside those of what a user would run instead, in turn: bench.sh [-r ROUNDS (5)] [JOB]...
# Jobs: train infer predict prepare fedavg tutorial memory serve; all by default. serve needs lighttpd. TSV on standard
# output, progress on standard error. Makes its Python environments (PEERS_VENV names another that holds the same as
# the first) and its data in build/peers once. CELLS: a folder CLASS/ID.tiff for the tutorial; 300 pictures made up by default.
# Exit status 1 if a floor is missed.
set -eu
cd "$(dirname "$0")/../.."
: "${BIN:=$PWD/build/release}"
data=$PWD/build/peers/bench-data

# shellcheck source=tests/peers/environment.sh
. tests/peers/environment.sh
peers_environment bench numpy pillow matplotlib tensorflow-cpu torch onnxruntime openvino
environment serve-speed kserve==0.21 fastapi uvicorn onnxruntime numpy
if [ -n "${CELLS:=}" ]; then
	CELLS=$(cd "$CELLS" && pwd)
fi

# Settings of the caller's would bend the peers' BLAS, or ours.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE OPENBLAS_NUM_THREADS AML_ISA AML_DATASET
export SERVE_PYTHON="$PWD/build/peers/serve-speed/bin/python"
export BIN CELLS PATH="$BIN:$PATH" LC_ALL=C OMP_NUM_THREADS=2 TF_CPP_MIN_LOG_LEVEL=3 PYTHONDONTWRITEBYTECODE=1
export TORCHINDUCTOR_CACHE_DIR=inductor
# In a process of its own: Linux counts a parent's memory into the peak of what it starts.
"$PEERS_VENV/bin/python" tests/peers/bench_data.py "$data"
exec "$PEERS_VENV/bin/python" tests/peers/bench.py "$data" "$@"
