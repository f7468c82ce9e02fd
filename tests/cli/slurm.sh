#!/usr/bin/env bash
# federate.sh with an sbatch that runs each job at once: what it submits, says, leaves and refuses. tests/slurm has a real Slurm.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"
# shellcheck source=tests/stand_ins.sh
. "$TESTS/stand_ins.sh"

run make_small
exits 0 "what the tests need"
mkdir "parts of two"
aml-partition -q -n 2 -s 1 data "parts of two/p" >/dev/null
parts=("parts of two/p/partition0" "parts of two/p/partition1")

stand_in_sbatch
export CALLS=$PWD/calls
federate() { run "$TOP/examples/slurm/federate.sh" "$@"; }

# ---- usage ----
federate
exits 2 "no dataset"
check "one line says so" grep -qx "federate.sh: needs a DATASET; try 'federate.sh -h'" "$err"
federate -h
exits 0 "-h"
check "its options are those that the script takes" test "$(grep -o '^  -[a-zA-Z] ' "$out" | tr -d ' -' | sort | tr -d '\n')" = \
	"$(sed -n 's/^while getopts :\([a-zA-Z:]*\) .*/\1/p' "$TOP/examples/slurm/federate.sh" | tr -d : | fold -w 1 | sort | tr -d '\n')"
for wrong in "-n 3 data" "-r 0 data" "-r x data" "-s -1 data" "-s 08 data" "-p x data" "data -r"; do
	[ "$wrong" != "data -r" ] || wrong=-r
	# shellcheck disable=SC2086 # options
	federate $wrong
	exits 2 "wrong: $wrong"
done
federate cells
fails_with "cells: no dataset" "a tree of images"
check "nothing was submitted, nothing made" test ! -e calls -a ! -e federation

# ---- a federation ----
options=(-s 3 -S 20 -c 4 -t "-e 2 -b 4 --bn exact" -a "--bn pool" -b "--partition=short --time=5")
federate -w federation -r 2 "${options[@]}" "${parts[@]}"
exits 0 "two rounds"
check "five jobs" test "$(wc -l <calls)" = 5
check "each with the options for sbatch" test "$(grep -c -- '--partition=short --time=5' calls)" = 5
check "each but the first waits for one" test "$(grep -c -- '--dependency=afterok:' calls)" = 4
check "it says what was submitted" grep -qx '3          train-2' "$out"
check "how to watch and to stop it" grep -q 'scancel 1 2 3 4 5' "$out"
check "the log of a task has its result" grep -q '^round 2, .*/partition1: 2 epochs, loss [0-9.]*, accuracy [0-9.]*, [0-9]* s$' \
	federation/log/train-2-1.txt
check "that of an average has the updates" grep -q 'round 1: averaged 2 models' federation/log/average-1.txt
check "seven logs, none empty" test "$(find federation/log -type f -size +0 | wc -l)" = 7
check "a table at the end" grep -q 'partition1	[0-9]*	0\.[0-9]*	' federation/table.tsv
check "with a line for each dataset" test "$(wc -l <federation/table.tsv)" = 3
check "and a report on all of them, of what was not trained with" test "$(awk 'NR > 1 && /^partition[01] / { n += $2 } /^all sites/ { print n - $3 }' \
	federation/report.txt)" = 0
check "no other files" test -z "$(find federation -name '*.new' -o -name '*.checkpoint' -o -name '*.json')"

ln -s "$PWD/parts of two/p" p
make -s -f "$TOP/examples/federation.mk" WORK=folders ROUNDS=2 SEED=3 SIZE=20 CLASSES=4 TRAIN="-e 2 -b 4 --bn exact" FEDAVG="--bn pool" \
	CLIENTS="0 1" DATA_0=p/partition0 DATA_1=p/partition1
same federation/2/global.npz folders/2/global.npz "federation.mk gives the same bytes"

# ---- sums first ----
: >calls
federate -w tree -r 2 -p 1 "${options[@]}" "${parts[@]}"
exits 0 "a client a sum"
check "a job more in each round" test "$(wc -l <calls)" = 7
check "which the average waits for" grep -q -- '--dependency=afterok:2 .*average.sh' calls
check "it says so" grep -qx '6          average-2' "$out"
same federation/2/global.npz tree/2/global.npz "the same model"
check "the log of a sum" grep -q 'round 2: added up 1 models' tree/log/sums-2-1.txt
check "that of the average" grep -q 'round 2: averaged 2 sums' tree/log/average-2.txt
federate -w uneven -r 1 -p 3 "${options[@]}" "${parts[@]}"
exits 0 "more clients a sum than there are"
same federation/1/global.npz uneven/1/global.npz "the same model of one sum"

# ---- again ----
: >calls
federate -w federation -r 2 "${options[@]}" "${parts[@]}"
exits 0 "the same again"
check "nothing is submitted, the table is shown" test ! -s calls -a "$(grep -c partition "$out")" = 2
federate -w federation -r 3 "${options[@]}" "${parts[@]}"
check "one round more: three jobs" test "$(wc -l <calls)" = 3
federate -w federation -r 3 "${options[@]}" "${parts[0]}"
fails_with "other options or datasets" "another dataset"
federate -w federation -r 3 "${options[@]}" -t "-e 3" "${parts[@]}"
fails_with "other options or datasets" "other options"
federate -w begun -r 1 "${options[@]}" -i federation/3/global.npz "${parts[@]}"
exits 0 "from a model"
same begun/0/global.npz federation/3/global.npz "which is the first"
touch calls.stop
federate -w refused -r 1 "${options[@]}" "${parts[@]}"
exits 1 "sbatch refuses"
rm calls.stop
federate -w refused -r 1 "${options[@]}" "${parts[@]}"
exits 0 "and then takes it"

# ---- a client that cannot be evaluated ----
real=$(command -v aml-eval)
stand_in aml-eval <<SH
#!/bin/sh
case "\$*" in *"--split valid"*partition1*) exit 1 ;; esac
exec "$real" "\$@"
SH
federate -w gap -r 1 "${options[@]}" "${parts[@]}"
exits 0 "a client without counts"
check "the report names it" grep -q '^not in this report, see log/table.txt: .*/partition1$' gap/report.txt
check "and has the other" grep -q '^partition0 ' gap/report.txt
rm bin/aml-eval

# ---- the examples of -h, as they stand ----
federate -h
examples=$(sed -nE 's/^  (-[a-z]) .* such as (".*")$/\1 \2/p' "$out" | paste -s -d ' ')
check "-t, -a and -b have one" grep -qE '^-t ".*" -a ".*" -b ".*"$' <<<"$examples"
eval "words=($examples)"
: >calls
# shellcheck disable=SC2154 # by eval
federate -w printed -r 1 -S 20 -c 4 "${words[@]}" "${parts[@]}"
exits 0 "$examples"
check "sbatch gets its options" test "$(grep -c -- "append ${words[5]} " calls)" -eq 3
check "aml-train" grep -q -- " 1 ${words[1]}\$" calls
check "aml-fedavg" grep -q -- " 1 0 ${words[3]}\$" calls
check "a table" test "$(wc -l <printed/table.tsv)" -eq 3
end
