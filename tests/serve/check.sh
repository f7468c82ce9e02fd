#!/usr/bin/env bash
# aml-serve behind a real lighttpd and a real nginx, asked by real clients, hostile ones, and many at once: check.sh [PART]...
# Parts: clients errors hostile life load; all by default. LOAD_SECONDS: how long the load lasts (20). Needs lighttpd, nginx, curl,
# Python 3 and, the first time, pip; SERVE_VENV keeps the Python environment between runs. TAP on stdout.
export LOAD_SECONDS=${LOAD_SECONDS:-20}
. "$(dirname "$0")/../lib.sh"
[ $# -gt 0 ] || set -- clients errors hostile life load
: "${SERVE_VENV:=$TOP/build/serve-venv}" "${PYTHON:=python3}"
export SCRATCH SERVE_VENV PYTHONDONTWRITEBYTECODE=1
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY

if [ ! -e "$SERVE_VENV/complete" ]; then
	rm -rf "$SERVE_VENV"
	"$PYTHON" -m venv "$SERVE_VENV" && "$SERVE_VENV/bin/pip" install -q --disable-pip-version-check --only-binary :all: \
		-r "$TESTS/serve/requirements.txt" >&2 && touch "$SERVE_VENV/complete"
fi

# Two models that answer differently, the first trained long enough to be sure of most cells: of what a model has no opinion of,
# float32 decides the sixth digit. MODELS: a folder with two that were trained (federated-exact.npz, one-clinic-exact.npz).
if [ -n "${MODELS:-}" ]; then
	cp "$MODELS/federated-exact.npz" model.npz
	cp "$MODELS/one-clinic-exact.npz" other.npz
else
	aml-downsample -q -t u1 -o cells "$TOP/examples/demo-cells"
	aml-init -s 1 start.npz
	aml-train -q -d cells --split all -e 8 -b 16 --bn exact start.npz model.npz
	aml-train -q -d cells --split all -e 1 -b 32 --bn exact start.npz other.npz
fi
export MODEL=$PWD/model.npz OTHER=$PWD/other.npz
aml-export -f onnx -o model.onnx model.npz

# part NAME: its results, "ok - ..." and "not ok - ...", with our numbers
part() {
	local line began=$SECONDS
	command=$1
	while IFS= read -r line; do
		case $line in
		"ok - "*) ok "$1: ${line#ok - }" ;;
		"not ok - "*) count=$((count + 1)) failed=$((failed + 1)) && echo "not ok $count - $1: ${line#not ok - }" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done < <("$SERVE_VENV/bin/python" "$TESTS/serve/$1.py" 2>"$err" && echo "ok - came to its end" || echo "not ok - came to its end")
	sed 's/^/# /' "$err"
	echo "# $1: $((SECONDS - began)) s"
}

for name; do
	part "$name"
done
end
