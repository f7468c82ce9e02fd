#!/usr/bin/env bash
# The page of aml-serve in a real browser, behind lighttpd: page.sh [FOLDER for screenshots and PDF]. Needs chromium, lighttpd, python3.
folder=${1:-}
[ -z "$folder" ] || { mkdir -p "$folder" && folder=$(cd "$folder" && pwd); }
. "$(dirname "$0")/../lib.sh"
: "${folder:=$SCRATCH}"
export PATH=$PATH:/usr/sbin

aml-downsample -q -t u1 -o cells "$TOP/examples/demo-cells"
aml-init -s 1 start.npz
for batch in 16 32; do
	aml-train -q -d cells --split all -e 1 -b $batch --bn exact start.npz model$batch.npz
done
aml-serve -m cells=model16.npz -m other=model32.npz --listen "$PWD/socket" --max-body 8388608 --min-prob .5 --log log &
serve=$!
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >lighttpd.conf <<CONF
server.modules = ("mod_scgi")
server.document-root = "$PWD"
server.bind = "127.0.0.1"
server.port = $port
server.max-request-size = 65536
scgi.server = ("/" => (("socket" => "$PWD/socket", "check-local" => "disable", "fix-root-scriptname" => "enable")))
CONF
lighttpd -D -f lighttpd.conf &
web=$!
for _ in {1..200}; do
	[ -S socket ] && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
	sleep .1
done
# file names are not all ASCII
run env LC_ALL=C.UTF-8 python3 "$TESTS/serve/check_page.py" "http://127.0.0.1:$port/" "$folder"
exits 0 "in the browser"
sed -n 's/^not ok [0-9]* - /# /p; s/^#   /#   /p' "$out" >&2
check "all that was asked was answered" grep -q '^1\.\.[0-9]*$' "$out"
kill "$web" "$serve"
wait
end
