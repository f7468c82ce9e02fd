# shellcheck shell=sh
# Python environments, each made once. Sourced from the top of the source; PYTHON names the interpreter.
: "${PYTHON:=python3}"

# environment NAME PIP-ARGUMENT...: build/peers/NAME
environment() {
	environment_folder=$PWD/build/peers/$1
	shift
	[ ! -e "$environment_folder/complete" ] || return 0
	rm -rf "$environment_folder"
	"$PYTHON" -m venv "$environment_folder"
	"$environment_folder/bin/pip" install -q --disable-pip-version-check --only-binary :all: "$@" >&2
	touch "$environment_folder/complete"
}

# peers_environment NAME PIP-ARGUMENT...: the same, and PEERS_VENV is its folder; one that the caller named stays
peers_environment() {
	[ -z "${PEERS_VENV:-}" ] || return 0
	environment "$@"
	PEERS_VENV=$PWD/build/peers/$1
}
