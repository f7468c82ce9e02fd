#!/usr/bin/env bash
# A real FEDn network on loopback whose rounds aml-fedavg averages: server_functions.sh. Needs what check.sh does. TAP on stdout.
. "$(dirname "$0")/../lib.sh"
FEDN=$TESTS/fedn NET=$SCRATCH/net FUNCTIONS=$TOP/examples/fedn/server_functions.py
: "${FEDN_VENV:=$TOP/build/fedn-venv}"
export FEDN_VENV KEEP=$SCRATCH/keep REAL=$BIN SPOIL="$FEDN_VENV/bin/python $FEDN/spoil.py"
trap '"$FEDN/down.sh" "$NET" 2>/dev/null; rm -rf "$SCRATCH"' EXIT
python=$FEDN_VENV/bin/python
unset AML_FEDAVG AML_SEED AML_ROUNDS

mkdir -p "$KEEP" "$SCRATCH/bin"
cat >"$SCRATCH/bin/aml-train" <<'SH'
#!/bin/sh
# The real one, after which clinic2 spoils what it sends as KEEP/spoil tells; keeps it as KEEP/CLIENT.npz
"$REAL/aml-train" "$@" || exit
for out; do in=$last last=$out; done
name=$(basename "$(dirname "$PWD")")
[ "$name" != clinic2 ] || [ ! -s "$KEEP/spoil" ] || $SPOIL "$(cat "$KEEP/spoil")" "$in" "$out" || exit
cp "$out" "$KEEP/$name.npz"
cp "$out-metadata" "$KEEP/$name.npz-metadata"
cp "$in" "$KEEP/previous.npz"
SH
chmod +x "$SCRATCH/bin/aml-train"
export PATH=$SCRATCH/bin:$PATH

aml-downsample -q -s 40 -t u1 -o cells "$TOP/examples/demo-cells"
aml-partition -n 3 -S dirichlet:1 -s 2 cells parts >parts.tsv
aml-init -s 1 --size 40 seed.npz

# session NAME OPTION...: one round; the report in NAME.tsv, the model in NAME.npz
session() {
	local name=$1
	shift
	run "$FEDN/run.py" "$NET" -s "$name" -o "$name.npz" -n 3 -r 1 -v 0 "$@"
	cp "$out" "$name.tsv"
	exits 0 "session $name"
}

# hooks: FEDn's hook service, with this shell's environment
hooks() {
	run "$FEDN/hooks.sh" "$NET"
	exits 0 "the hook service comes up"
}

# far A B: the largest difference of two models but for batch norm statistics
far() {
	"$python" "$FEDN/compare.py" "$1" "$2" 12 13
}

# within LOW HIGH A B DESCRIPTION: is their difference between the two?
within() {
	local d
	d=$(far "$3" "$4") || d=nan
	check "$5: $d from $1 to $2" "$python" -c "import sys; sys.exit(not float('$1') <= float('$d') <= float('$2'))"
}

logged() { check "the log has '$1'" grep -qE -- "$1" "$NET/log/hooks.log"; }
id_of() { cat "$NET/clients/$1/id"; }
clinics() { printf "$KEEP/clinic%d.npz\n" "$@"; }

run "$FEDN/up.sh" "$NET"
exits 0 "the network comes up"
[ "$status" -eq 0 ] || end
mkdir "$SCRATCH/own"
run env TMPDIR="$SCRATCH/own" "$python" "$FEDN/servicer.py" "$FUNCTIONS"
exits 0 "in FEDn's executor, without a network"
while IFS=$'\t' read -r good what; do
	check "$what" test "$good" = ok
done < <(cat "$out")
check "and that was all" test "$(wc -l <"$out")" -ge 52

mkdir rounds
export AML_SEED=$PWD/seed.npz AML_FEDAVG="--ledger $PWD/ledger" AML_ROUNDS=$PWD/rounds
hooks
for c in 0 1 2; do
	"$FEDN/client.sh" "$NET" clinic$c parts/partition$c
done

# ---- FEDn alone, with a client that sends NaN ----

echo nan >"$KEEP/spoil"
session alone -p "$TOP/examples/fedn/package" -m seed.npz -t 15
run aml-info alone.npz
fails_after_output "array 8: entry 0 is nan" "FEDn's own mean is of NaN"

# ---- rounds of aml-fedavg ----

: >"$KEEP/spoil"
session plain -m seed.npz -f "$FUNCTIONS"
mapfile -t all < <(clinics 0 1 2)
mapfile -t good < <(clinics 0 1)
aml-fedavg -q -o ours.npz "${all[@]}"
within 0 0 plain.npz ours.npz "FEDn's model is aml-fedavg's"
check "its statistics, too" test "$("$python" "$FEDN/compare.py" plain.npz ours.npz)" = 0
logged "aml-fedavg: 3 of 3 updates"

echo nan >"$KEEP/spoil"
session spoilt
aml-fedavg -q -o ours.npz "${good[@]}"
check "with NaN the model is that of the others" test "$("$python" "$FEDN/compare.py" spoilt.npz ours.npz)" = 0
logged "refused $(id_of clinic2): .*array 8: entry 0 is nan"
logged "aml-fedavg: 2 of 3 updates"

# ---- a client whose update is a thousand times as long ----

echo scale >"$KEEP/spoil"
AML_FEDAVG="--clip auto" AML_ROUNDS=
hooks
session clipped -m seed.npz
aml-fedavg -q -o without.npz "${good[@]}"
aml-fedavg -q -o mean.npz "${all[@]}"
aml-fedavg -q --clip auto --previous "$KEEP/previous.npz" -o ours.npz "${all[@]}"
check "FEDn's model is aml-fedavg's, clipped" test "$("$python" "$FEDN/compare.py" clipped.npz ours.npz)" = 0
within 0 0.05 clipped.npz without.npz "with --clip auto the model is near that of the others"
within 1 1e9 mean.npz without.npz "without it is far"

# ---- the record, and a service that is gone ----

printf "%s\n" rounds/*/next.npz rounds/*/client-"$(id_of clinic0)".npz rounds/*/client-"$(id_of clinic1)".npz >kept
first=(rounds/*/client-"$(id_of clinic2)".npz)          # what it sent later was refused
echo "${first[0]}" >>kept
run xargs aml-info --ledger ledger <kept
exits 0 "the ledger and what the rounds left agree"
for c in 0 1 2; do
	check "and clinic$c" grep -q "$(id_of clinic$c)" ledger
done
"$FEDN/down.sh" "$NET" hooks
: >"$KEEP/spoil"
session gone -a fedopt -k '{"learning_rate": 0.0}'
check "without the service fedopt at rate 0 leaves the model" test "$("$python" "$FEDN/compare.py" gone.npz clipped.npz)" = 0
end
