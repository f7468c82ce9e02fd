#!/usr/bin/env bash
# A federation's report: what leaves the sites, that it adds up, and federation.mk's way to it. TAP on stdout.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/stand_ins.sh
. "$TESTS/stand_ins.sh"
report() { run sh "$TOP/examples/federation-report.sh" "$@"; }

for class in BAS EOS LYT NGS; do
	mkdir -p "cells/$class"
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 15 | xargs -d '\n' cp -t "cells/$class"
done
aml-downsample -q -s 20 -o dataset cells
aml-partition -n 2 -S stratified dataset parts >/dev/null

# ---- by make, one client behind what stands for ssh ----
export HOST_ROOT=$PWD/there TMPDIR=$PWD/tmp
mkdir tmp
stand_in_ssh
federation() {
	run make -s -f "$TOP/examples/federation.mk" WORK=work CLIENTS="north south" DATA_north=parts/partition0 DATA_south=parts/partition1 \
		HOST_south=me@there ROUNDS=2 SIZE=20 TRAIN="-b 8" "$@"
}
federation report
exits 0 "report"
cp "$out" report.txt
check "a row for each client and one for all" test "$(grep -cE '^(north|south|all sites) +[0-9]+  ' report.txt)" -eq 3
check "which adds up" test "$(awk '/^(north|south) / { n += $2 } /^all sites/ { print n - $3 }' report.txt)" = 0
run aml-eval -q -d parts/partition0 -p north.tsv work/2/global.npz north.json
run aml-eval -q -d parts/partition0 --split valid -p valid.tsv work/2/global.npz valid.json
check "images that were trained with do not count" test "$(awk '/^north / { print $2 }' report.txt)" = $(($(wc -l <valid.tsv) - 1))
ids=$(tail -n +2 north.tsv | cut -f 1)
check "a table of each client" test "$(find work/2 -name '*.tsv' | wc -l)" -eq 2
check "without the name of any image" test "$(cat work/2/*.tsv report.txt | grep -cF -- "$ids")" -eq 0

federation EVAL="--split all" report
exits 0 "on all images"
cp "$out" all.txt
aml-eval -q -d parts/partition1 -p south.tsv work/2/global.npz south.json
{ cat north.tsv; tail -n +2 south.tsv; } >both.tsv
run aml-score both.tsv
# Areas under curves are from counts of probabilities, a little coarser.
counted() { sed '/ROC AUC/,$d' "$1"; }
check "there are figures" test "$(counted "$out" | wc -l)" -gt 20
same <(counted "$out") <(counted all.txt | tail -n +6) "the figures of all sites are those of their predictions together"
federation EVAL="--split all" SHARE="--min-cell 3" report
exits 0 "with small counts hidden"
federation EVAL="--split valid" report
same "$out" report.txt "as at first"

# ---- an evaluation that ends early, here and at the host ----
mkdir early
printf '#!/bin/sh\n"%s" "$@" | head -n 3\nkill -KILL $$\n' "$BIN/aml-eval" >early/aml-eval
chmod +x early/aml-eval
for client in north south; do
	rm work/2/*.tsv
	others=$(printf 'north\nsouth\n' | grep -v $client)
	federation "work/2/$others.tsv"
	exits 0 "a table of $others"
	PATH=$PWD/early:$PATH federation report
	exits 2 "$client's evaluation ends early"
	check "nothing is reported" test ! -s "$out"
	check "nothing is taken for $client's counts" test ! -e work/2/$client.tsv
done
federation report
same "$out" report.txt "whole again, as at first"
check "no predictions are left" test -z "$(find "$TMPDIR" -type f)"

# ---- the script ----
report "a site, far away=work/2/north.tsv" work/2/south.tsv
exits 0 "names of sites"
stdout_has "a site, far away "
stdout_has "south "
report
exits 2 "nothing to report"
check "one line says so" grep -qx "federation-report.sh: needs a table of aml-score --share; try --help" "$err"
report --far
exits 2 "an option that is not there"
report -h
exits 0 "-h"
stdout_has "SHARED.tsv..."
for name in missing.tsv parts work/2/global.npz; do
	report work/2/north.tsv $name
	exits 1 "$name"
	check "$name: one line" one_line "aml-score: $name: "
done
end
