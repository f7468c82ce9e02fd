#!/bin/sh
# Our times beside those of what a user would run instead, alternated: bench.sh [-r ROUNDS (5)] [JOB]...
# Jobs: train infer predict prepare fedavg tutorial memory; all by default. TSV on stdout, progress on stderr. Makes
# its Python environment in build/peers/bench once (PEERS_VENV names another). Exit status 1 if a floor is missed.
set -eu
cd "$(dirname "$0")/../.."
: "${BIN:=$PWD/build/release}" "${PYTHON:=python3}" "${PEERS_VENV:=$PWD/build/peers/bench}"
if [ ! -x "$PEERS_VENV/bin/python" ]; then
	mkdir -p "$(dirname "$PEERS_VENV")"
	"$PYTHON" -m venv "$PEERS_VENV"
	"$PEERS_VENV/bin/pip" install -q --disable-pip-version-check --only-binary :all: \
		numpy pillow scikit-learn matplotlib tensorflow-cpu torch onnxruntime openvino >&2
fi
# settings of this shell would bend the peers' BLAS
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE AML_ISA AML_DATASET || true
export BIN PATH="$BIN:$PATH" TF_CPP_MIN_LOG_LEVEL=3 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=2 LC_ALL=C
exec "$PEERS_VENV/bin/python" tests/peers/bench.py build/peers/bench-data "$@"
