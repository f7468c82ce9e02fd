#!/usr/bin/env bash
# aml-fedavg --partial: trees of partial sums against the flat mean, what is refused, and that no tool takes them for a model.
. "${0%/*}/../lib.sh"

# child NAME SEED IMAGES: a child of parent.npz
child() {
	aml-init --size 20 -s "$2" loose.npz && aml-delta -p parent.npz loose.npz small &&
		aml-delta -x -p parent.npz small "$1.npz"
	printf '{"num_examples": %d}\n' "$3" >"$1.npz-metadata"
	rm small loose.npz
}

aml-init --size 20 -s 9 parent.npz
aml-init --size 20 -s 10 other.npz
for k in 1 2 3 4 5; do
	child "c$k" "$k" $((k * k * 31))
done

# ---- trees ----
# tree DESCRIPTION OPTION...: regions, a second level, and the mean, against all at once
tree() {
	local what=$1
	shift
	run aml-fedavg -q "$@" -o flat.npz c1.npz c2.npz c3.npz c4.npz c5.npz
	exits 0 "$what: all at once"
	run aml-fedavg -q -j 1 "$@" --partial -o north.npz c3.npz c1.npz
	exits 0 "$what: a region"
	run aml-fedavg -q -j 3 "$@" --partial -o all.npz c5.npz north.npz c4.npz
	run aml-fedavg -q "$@" -o tree.npz c2.npz all.npz
	same flat.npz tree.npz "$what: the same file from a tree"
	run aml-fedavg -q "$@" --partial c1.npz c2.npz c3.npz c4.npz c5.npz
	cp "$out" piped.npz
	run aml-fedavg -q "$@" --partial -o all2.npz all.npz c2.npz
	same piped.npz all2.npz "$what: the same sums, also to a pipe"
	run aml-fedavg -q "$@" -o tree.npz piped.npz
	same flat.npz tree.npz "$what: and the mean of them alone"
}
tree mean
tree equal --equal
tree pool --bn pool
tree known --previous parent.npz
tree clipped --previous parent.npz --clip 3
tree "clipped and pooled" --bn pool --previous parent.npz --clip 3
tree "clipped to more than all" --previous parent.npz --clip 1e6
run aml-fedavg -q -w 9,8,7 -o flat.npz c1.npz c2.npz c3.npz
run aml-fedavg -q -w 7,9 --partial -o given.npz c3.npz c1.npz
run aml-fedavg -q -w 8 --partial -o second.npz c2.npz
run aml-fedavg -q -o tree.npz given.npz second.npz
same flat.npz tree.npz "weights that were given are those of the sums"
run aml-fedavg --previous parent.npz --clip 3 --partial -o clipped.npz c1.npz c2.npz
check "a table of the clients" test "$(wc -l <"$err")" -eq 3
run aml-fedavg --previous parent.npz --clip 3 -o tree.npz clipped.npz c3.npz
check "also of those that were added up" test "$(grep -c 'clipped.npz: ' "$err")" -eq 2

# ---- what does not fit ----
rm -f out.npz
aml-fedavg -q --partial -o sums.npz c1.npz c2.npz
aml-fedavg -q --previous parent.npz --partial -o known.npz c1.npz c2.npz
aml-fedavg -q --equal --partial -o equal.npz c1.npz c2.npz
aml-fedavg -q --bn pool --partial -o pooled.npz c1.npz c2.npz
run aml-fedavg -q -o out.npz sums.npz c2.npz
fails_with "sums.npz: a client with the same numbers as in c2.npz" "a client twice, among sums and models"
run aml-fedavg -q -o out.npz sums.npz equal.npz
fails_with "equal.npz: its weights are equal, those of the others num_examples" "other weights"
aml-fedavg -q --partial -o again.npz c2.npz c3.npz
run aml-fedavg -q -o out.npz sums.npz again.npz
fails_with "again.npz: a client with the same numbers as in sums.npz" "a client in two sums"
run aml-fedavg -q -o out.npz sums.npz ./sums.npz
fails_with "./sums.npz: the same file as sums.npz" "the same sums twice"
run aml-fedavg -q --equal -o out.npz sums.npz c3.npz
fails_with "sums.npz: its weights are num_examples, those of the others equal" "models with equal weights"
run aml-fedavg -q -o out.npz pooled.npz c3.npz
fails_with "pooled.npz: added up for --bn pool, not average" "pooled statistics"
run aml-fedavg -q --bn pool -o out.npz sums.npz c3.npz
fails_with "sums.npz: added up for --bn average, not pool" "averaged ones"
run aml-fedavg -q -o out.npz clipped.npz c3.npz
fails_with "clipped.npz: its updates are clipped to 3, which --clip does not say" "a bound that is not given"
run aml-fedavg -q --previous parent.npz --clip 2 -o out.npz clipped.npz c3.npz
fails_with "clipped.npz: its updates are clipped to 3" "another bound"
run aml-fedavg -q --previous parent.npz --clip 3 -o out.npz known.npz c3.npz
fails_with "known.npz: its updates are not clipped" "no bound"
run aml-fedavg -q --previous other.npz -o out.npz known.npz
fails_with "known.npz: its clients were trained from" "another previous model"
run aml-fedavg -q --previous "$DATA/forms/stored.npz" -o out.npz sums.npz
fails_with "sums.npz: sums of another network" "a previous model of another network"
run aml-fedavg -q --equal -o out.npz "$DATA/forms/stored.npz" equal.npz
fails_with "equal.npz: sums of another network" "a model of another network"
run aml-fedavg -q -w 1,2 -o out.npz sums.npz c3.npz
fails_with "sums.npz: partial sums have their weights, --weights gives none" "weights for sums"
run aml-fedavg -q --previous parent.npz --clip auto -o out.npz sums.npz c3.npz
fails_with "sums.npz: --clip auto takes models, no partial sums" "a bound from the median"
run aml-fedavg -q -m median -o out.npz sums.npz c3.npz c4.npz
fails_with "sums.npz: --method median takes models, no partial sums" "the median"
run aml-fedavg -q --previous parent.npz --server-opt yogi --state state -o out.npz known.npz
fails_with "known.npz: --server-opt takes models, no partial sums" "an optimiser"
run aml-fedavg -q --partial -o out.npz - <sums.npz
fails_with "standard input: holds partial sums for aml-fedavg, no model" "sums from standard input"
run aml-fedavg -q --partial --equal -o out.npz "$DATA/forms/nan.npz"
fails_with "nan.npz: array 8: entry 17 is nan" "NaN"
head -c 100000 sums.npz >cut.npz
run aml-fedavg -q -o out.npz cut.npz
fails_with "cut.npz: not an .npz archive, or cut off" "half of the sums"
cp sums.npz damaged.npz && printf x | dd of=damaged.npz bs=1 seek=200000 conv=notrunc 2>dd.log
run aml-fedavg -q -o out.npz damaged.npz
fails_with "damaged.npz: 4.s0: damaged" "a changed byte"
run aml-fedavg -q --partial -o /dev/full c1.npz c2.npz
fails_with "/dev/full: No space left on device" "no room"
for command in "aml-info --trail" "aml-delta -p parent.npz" "aml-export"; do
	# shellcheck disable=SC2086 # words
	run $command sums.npz out.npz
	check "$command: not 0" test "$status" -ne 0
done
run aml-delta -p parent.npz sums.npz out.npz
fails_with "sums.npz: holds partial sums for aml-fedavg, no model" "no tool takes them for a model"
check "no output" test ! -e out.npz
run aml-info sums.npz
exits 0 "aml-info describes them"

# ---- rosters and ledgers ----
printf 'site\tkey\nnorth\t-\nsouth\t-\n' >roster.tsv
run aml-fedavg -q --previous parent.npz --roster roster.tsv --partial -o sites.npz north=c1.npz south=c2.npz
same known.npz sites.npz "the sites of a roster are added up"
run aml-fedavg -q --previous parent.npz --roster roster.tsv -o out.npz north=known.npz south=c3.npz
fails_with "north: known.npz: holds partial sums for aml-fedavg, no model" "a site hands in no sums"
run aml-fedavg -q --previous parent.npz --ledger ledger -o out.npz known.npz c3.npz
check "nor does a ledger take them" grep -q 'holds partial sums for aml-fedavg, no model' "$err"
check "no output" test ! -e out.npz

# ---- usage ----
run aml-fedavg -q --partial --ledger ledger c1.npz
wrong_usage "--partial writes no model that --ledger could record" "sums for a ledger"
run aml-fedavg --partial -m median c1.npz c2.npz
wrong_usage "--partial goes with --method mean only" "sums of a median"
run aml-fedavg --partial --previous parent.npz --server-opt yogi --state state c1.npz
wrong_usage "--partial goes with --method mean only, without --server-opt" "sums and an optimiser"
run aml-fedavg --partial --previous parent.npz --clip auto c1.npz
wrong_usage "--partial needs the bound of --clip" "sums and the median's bound"
run aml-fedavg --partial -w 1.5 c1.npz
wrong_usage "--partial takes whole numbers for --weights" "fractional weights"
end
