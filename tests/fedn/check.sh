#!/usr/bin/env bash
# A real FEDn network on loopback with our tools as compute package, on the real demo images: check.sh
# Needs Python 3.11 or 3.12 and, the first time, pip. FEDN_VENV keeps FEDn between runs. TAP on stdout.
# shellcheck disable=SC2317 # run_rows calls the functions
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/printed.sh
. "$TESTS/printed.sh"
FEDN=$TESTS/fedn NET=$SCRATCH/net
: "${FEDN_VENV:=$TOP/build/fedn-venv}"
export FEDN_VENV KEEP=$SCRATCH/keep REAL=$BIN
trap '"$FEDN/down.sh" "$NET" 2>/dev/null; rm -rf "$SCRATCH"' EXIT
python=$FEDN_VENV/bin/python

# ---- data, and a train command that keeps what each client sent ----

mkdir -p "$KEEP" "$SCRATCH/bin"
cat >"$SCRATCH/bin/aml-train" <<'SH'
#!/bin/sh
# The real one; keeps IN and OUT of each training as KEEP/CLIENT.ROUND.npz
"$REAL/aml-train" "$@" || exit
for out; do in=$last last=$out; done
name=$(basename "$(dirname "$PWD")")
cp "$out" "$KEEP/$name.$(cat ../round).npz"
cp "$in" "$KEEP/$name.$(cat ../round).in.npz"
[ ! -e "$KEEP/slow" ] || sleep 15
SH
chmod +x "$SCRATCH/bin/aml-train"
export PATH=$SCRATCH/bin:$PATH

aml-downsample -q -s 40 -t u1 -o cells "$TOP/examples/demo-cells"
aml-partition -n 3 -S dirichlet:1 -s 2 cells parts >parts.tsv
mkdir up && cd up && sh "$TOP/examples/fedn/make-package.sh" 1 >/dev/null && cd ..
aml-init -s 1 --size 40 seed.npz

# session NAME OPTION...: runs rounds; the report in NAME.tsv, the last model in NAME.npz
session() {
	local name=$1
	shift
	run "$FEDN/run.py" "$NET" -s "$name" -o "$name.npz" "$@"
	cp "$out" "$name.tsv"
	exits 0 "session $name"
}

# model NUMBER: downloads that model of the trail (1 = seed) to NUMBER.npz
model() {
	local id
	id=$(awk -v n="$1" '/^model\t/ { on = 1; next } /^$/ { on = 0 } on && ++k == n { print $1 }' "$2")
	curl --fail --silent -o "$1.npz" "http://127.0.0.1:$FEDN_API_PORT/api/v1/models/$id/download"
}

# near LIMIT A B DESCRIPTION [LEAVE-OUT...]
near() {
	local limit=$1 a=$2 b=$3 what=$4 far
	shift 4
	far=$("$python" "$FEDN/compare.py" "$a" "$b" "$@") || far=inf
	check "$what: $far of $limit" "$python" -c "import sys; sys.exit(not float('$far') <= $limit)"
}

# ---- what the page for clinics prints; what needs no network, tests/cli/readme.sh runs ----

rows() {
	cat <<-'TABLE'
	examples/fedn/README.md | python3 -m venv fedn && fedn/bin/pip install fedn==   | client_line
	examples/fedn/README.md | python3 -m venv fedn && fedn/bin/pip install --ignore | newer_python
	examples/fedn/README.md | FEDN_URL=https://fedn.example.org sh confusion.sh     | judged
	TABLE
}

# up.sh has installed FEDn already; the second line starts every client.
client_line() {
	check "up.sh installs the FEDn of the page" grep -q "$(grep -o 'fedn==[0-9.]*' "$1")" "$FEDN/up.sh"
	CLIENT_LINE=$(sed 1d "$1")
	export CLIENT_LINE
}

# With $newer, a Python such as Debian 13's.
newer_python() {
	[ -n "$newer" ] || { skip "no Python 3.13 here"; return; }
	mkdir -p "$SCRATCH/newer/bin"
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v "$newer")" >"$SCRATCH/newer/bin/python3"
	chmod +x "$SCRATCH/newer/bin/python3"
	cd "$SCRATCH/newer" && PATH=$PWD/bin:$PATH run sh -eu "$1"
	cd "$OLDPWD" && exits 0 "$(cat "$1")"
}

# The address and the id are those of this network.
judged() {
	sed "s,https://fedn.example.org,http://127.0.0.1:$FEDN_API_PORT,; s,MODEL-ID,$id,; s, #.*,," "$1" >line
	ln -s parts/partition0 data
	ln -s "$TOP/examples/fedn/confusion.sh" confusion.sh
	run sh -eu line
	exits 0 "$(cat "$1")"
	check "confusion.sh draws" grep -q '</svg>' "$id/confusion.svg"
}

run_rows client_line

run "$FEDN/up.sh" "$NET"
exits 0 "the network comes up"
[ "$status" -eq 0 ] || end
# shellcheck disable=SC1091
. "$NET/env"
for c in 0 1 2; do
	"$FEDN/client.sh" "$NET" clinic$c parts/partition$c
done

# ---- three rounds of fedavg ----

session fedavg -p "$TOP/examples/fedn/package" -m seed.npz -n 3 -r 3
check "each round counted three updates" test "$(grep -c '3/3' fedavg.tsv)" -eq 3
check "validations carry the tutorial's names" grep -q "test_accuracy.*test_loss.*training_accuracy.*training_loss" fedavg.tsv
for r in 1 2 3; do
	model $((r + 1)) fedavg.tsv
	aml-fedavg -q -o ours.npz "$KEEP"/clinic[012].$r.npz
	near 1e-7 $((r + 1)).npz ours.npz "round $r: FEDn's mean is aml-fedavg's"
done
check "what training reports comes back" "$python" "$FEDN/metadata.py" "http://127.0.0.1:$FEDN_API_PORT" 9

# Given the model that FEDn sent out, a client in a folder gives the same bytes. (Over several rounds FEDn's rounding, which depends on
# the order in which updates arrive, is amplified by Adam: two runs of FEDn differ by as much.)
for r in 1 2 3; do
	for c in 0 1 2; do
		"$REAL/aml-train" -q -d parts/partition$c -e 1 -b 16 --bn exact -s $r "$KEEP/clinic$c.$r.in.npz" again.npz
		same again.npz "$KEEP/clinic$c.$r.npz" "round $r, clinic $c: the same bytes without FEDn"
	done
done
run env PATH="$BIN:$PATH" make -s -f "$TOP/examples/federation.mk" CLIENTS="0 1 2" DATA_0=parts/partition0 \
	DATA_1=parts/partition1 DATA_2=parts/partition2 WORK=folders ROUNDS=1 SEED=0 INIT=seed.npz TRAIN="-e 1 -b 16 --bn exact"
near 1e-7 2.npz folders/1/global.npz "FEDn's first model is the folders'"

# ---- a model of the trail, judged on local data ----

id=$(awk '/^model\t/ { on = 1; next } /^$/ { on = 0 } on { id = $1 } END { print id }' fedavg.tsv)
run_rows judged

# ---- clients that do not trust the organiser's package ----

package=$(curl --fail --silent "http://127.0.0.1:$FEDN_API_PORT/api/v1/packages/checksum" | sed -n 's/.*"checksum": *"\([0-9a-f]*\)".*/\1/p')
for c in 0 1 2; do
	"$FEDN/down.sh" "$NET" clinic$c
done
export AML_TRAIN="--bn running"         # the next session is of fedopt, which makes exact variances negative
CLIENT_YAML="package_checksum: $package" "$FEDN/client.sh" "$NET" clinic0 parts/partition0
CLIENT_PACKAGE=$TOP/examples/fedn/package "$FEDN/client.sh" "$NET" clinic1 parts/partition1
# Debian 13's Python, if this machine has one
newer=
for p in python3 python3.13 ${NEWER_PYTHON:+"$NEWER_PYTHON"}; do
	! "$p" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null || newer=$p
done
run_rows newer_python
CLIENT_VENV=${newer:+$SCRATCH/newer/fedn} "$FEDN/client.sh" "$NET" clinic2 parts/partition2
CLIENT_YAML="package_checksum: ${package//[0-7]/8}" "$FEDN/client.sh" "$NET" stranger parts/partition0 2>/dev/null
for _ in $(seq 100); do
	grep -q "Could not validate compute package" "$NET/log/client-stranger.log" && break
	sleep 0.2
done
check "a client that expects another package refuses this one" grep -q "Could not validate compute package" "$NET/log/client-stranger.log"
check "and unpacks nothing of it" test ! -e "$NET/clients/stranger/package/fedn.yaml"
"$FEDN/down.sh" "$NET" stranger

# ---- three rounds of fedopt ----

session fedopt -n 3 -r 3 -a fedopt -k '{"serveropt": "adam", "learning_rate": 0.01}'
digest() {
	aml-info --json "$1" | sed -n 's/^  "digest": "\(.*\)",*$/\1/p'
}
for r in 4 5 6; do
	model $((r + 1)) fedopt.tsv
	cp "$KEEP/clinic0.$r.in.npz" previous.npz       # the model that FEDn sent out
	[ ! -e ours.state ] || "$python" "$FEDN/adopt.py" ours.state "$(digest ours.npz)" "$(digest previous.npz)"
	aml-fedavg -q --server-opt adam --server-rate 0.01 --previous previous.npz --state ours.state -o ours.npz \
		"$KEEP"/clinic[012].$r.npz
	near 1e-7 $((r + 1)).npz ours.npz "round $r: FEDn's fedopt is aml-fedavg's" 12 13
done

# ---- a client that dies, a client with a broken dataset ----

touch "$KEEP/slow"
("$FEDN/run.py" "$NET" -s killed -n 3 -r 2 -t 40 >killed.tsv 2>killed.err) &
session=$!
for _ in $(seq 100); do                 # until the client is in its training
	[ -e "$KEEP/clinic2.7.npz" ] && break
	sleep 0.2
done
kill -9 -- "-$(cat "$NET/run/client-clinic2.pid")"
rm -f "$NET/run/client-clinic2.pid" "$KEEP/slow"
sleep 1
"$FEDN/client.sh" "$NET" clinic2 parts/partition2
wait $session
status=$? command="session with a killed client"
exits 0 "a session in which a client is killed"
check "the next round has all three" grep -q '3/3' killed.tsv

"$FEDN/down.sh" "$NET" clinic2
cp -rL parts/partition2 broken
printf 'not numpy' >broken/labels.npy
"$FEDN/client.sh" "$NET" clinic2 broken
session broken -n 3 -r 1 -t 15
check "the round goes on without the broken client" grep -q '2/3' broken.tsv
check "its log has our one line" grep -q '^aml-train: .*labels.npy: ' "$NET/log/client-clinic2.log"
end
