#!/bin/sh
# The tools against the Python software that they stand in for: run.sh [TEST.py]...
# Makes its Python environments in build/peers once; PYTHON names the interpreter.
set -eu
cd "$(dirname "$0")/../.."
: "${BIN:=$PWD/build/release}"
where=$PWD/build/peers
# shellcheck source=tests/peers/environment.sh
. tests/peers/environment.sh

# The first numpy that has a wheel for this Python.
oldest_numpy() {
	case $("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])') in
	3.9) echo numpy==1.19.3 ;;
	3.10) echo numpy==1.21.3 ;;
	3.11) echo numpy==1.23.3 ;;
	3.12) echo numpy==1.26.0 ;;
	3.13) echo numpy==2.1.0 ;;
	*) echo numpy ;;
	esac
}

environment old "$(oldest_numpy)"
environment new -r tests/peers/requirements.txt

export BIN PATH="$BIN:$PATH" TF_CPP_MIN_LOG_LEVEL=3 LC_ALL=C PYTHONDONTWRITEBYTECODE=1
unset AML_DATASET
[ $# -gt 0 ] || set -- tests/peers/test_*.py
# shellcheck disable=SC2086 # words
prove --nocolor ${PROVE_FLAGS:-} -e "$where/new/bin/python" "$@"
# shellcheck disable=SC2086 # words
prove --nocolor ${PROVE_FLAGS:-} -e "$where/old/bin/python" tests/peers/test_arrays.py
