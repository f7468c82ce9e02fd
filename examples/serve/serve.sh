#!/bin/sh
# Serves a model on this machine, with a page on which cells are dropped: serve.sh MODEL.npz [PORT]
# On a bare Debian it first installs what it needs. Ctrl-C ends all and leaves nothing.
# AML_SERVE_OPTIONS: further options of aml-serve, words separated by blanks.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-*) echo "serve.sh: unknown option $1; try --help" >&2; exit 2 ;;
esac
export LC_ALL=C
PATH=$PATH:/usr/sbin

top=$(cd "$(dirname "$0")/../.." && pwd)

fail() {
	printf 'serve.sh: %s\n' "$*" >&2
	exit 1
}

[ $# -gt 0 ] || fail "which model? serve.sh MODEL.npz [PORT]; sh examples/demo.sh makes build/demo/models/federated-exact.npz"
[ $# -le 2 ] || fail "too many arguments: serve.sh MODEL.npz [PORT]"
model=$1 port=${2:-}
[ -f "$model" ] || fail "$model: no such file; sh examples/demo.sh makes build/demo/models/federated-exact.npz"
case $port in
*[!0-9]* | 0* | ??????*) fail "$port: no port (1 to 65535)" ;;
esac
[ -z "$port" ] || [ "$port" -le 65535 ] || fail "$port: no port (1 to 65535)"

if ! command -v lighttpd >/dev/null && [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
	fail "lighttpd is missing; install it, or run this as root once"
fi
if [ -z "${BIN:-}" ]; then
	sh "$top/examples/setup.sh" serve
	make -s -C "$top" -j "$(nproc)"
	BIN=$top/build/release
elif ! command -v lighttpd >/dev/null; then
	sh "$top/examples/setup.sh" serve
fi
PATH=$BIN:$PATH
aml-info "$model" >/dev/null

# is_taken PORT: listens somebody at this port of any address?
is_taken() {
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf ':%04X' "$1")" '
		$4 == "0A" && substr($2, length($2) - 4) == port { taken = 1 }
		END { exit !taken }'
}

if [ -n "$port" ]; then
	! is_taken "$port" || fail "port $port is in use"
else
	port=8080
	while is_taken $port; do
		port=$((port + 1))
	done
fi

folder='' service='' server=''

# end SIGNAL...: all that was started, and the folder; aml-serve finishes what it has in hand
# shellcheck disable=SC2317 # the traps call it
end() {
	trap '' INT TERM HUP
	for pid in $server $service; do
		kill "$pid" 2>/dev/null || :
	done
	wait
	[ -z "$folder" ] || rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

folder=$(mktemp -d "${TMPDIR:-/tmp}/aml-serve.XXXXXX")
mkdir "$folder/web" "$folder/none"
: >"$folder/user.conf"
if [ "$(id -u)" -eq 0 ]; then           # the web server is nobody, and may reach the socket
	group=$(id -gn nobody)
	chgrp "$group" "$folder"
	chmod 710 "$folder"
	chown nobody "$folder/web"
	printf 'server.username = "nobody"\nserver.groupname = "%s"\n' "$group" >"$folder/user.conf"
fi

# A path within quotes of lighttpd's configuration.
quoted() {
	printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

cat >"$folder/lighttpd.conf" <<CONF
server.modules = ( "mod_scgi" )
server.document-root = "$(quoted "$folder")/none"
server.upload-dirs = ( "$(quoted "$folder")/web" )
server.bind = "127.0.0.1"
server.port = $port
server.errorlog = "$(quoted "$folder")/web/log"
server.max-request-size = 65536         # KiB, as aml-serve takes them
include "user.conf"
scgi.server = ( "/" => (( "socket" => "$(quoted "$folder")/socket", "check-local" => "disable",
                          "fix-root-scriptname" => "enable" )) )
CONF

# alive: are both there?
alive() {
	kill -0 "$service" 2>/dev/null || fail "aml-serve has ended"
	[ -z "$server" ] || kill -0 "$server" 2>/dev/null ||
		fail "lighttpd has ended: $(cat "$folder/out" "$folder/web/log" 2>/dev/null | tail -n 1)"
}

name=$(basename "$model" .npz | tr -c 'A-Za-z0-9._\n-' _)
umask 007
# shellcheck disable=SC2086 # words
aml-serve ${AML_SERVE_OPTIONS:-} --listen "$folder/socket" -m "$name=$model" --log "$folder/log" &
service=$!
until [ -S "$folder/socket" ]; do
	alive
	sleep .1
done
[ ! -s "$folder/user.conf" ] || chgrp "$group" "$folder/socket"
lighttpd -D -f "$folder/lighttpd.conf" >"$folder/out" 2>&1 &
server=$!
until is_taken "$port"; do
	alive
	sleep .1
done
echo "http://127.0.0.1:$port/   $model; Ctrl-C ends it. For research, not for diagnosis."
while alive; do
	sleep 1
done
