#!/usr/bin/env bash
# aml-fedavg --ledger and aml-info --ledger: what a line tells, what is refused, kills, forks, audits.
# shellcheck disable=SC2317 # functions are called by check
. "${0%/*}/../lib.sh"

for class in BAS EOS LYT; do
	mkdir -p "cells/$class"
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 6 | xargs -d '\n' cp -t "cells/$class"
done
aml-downsample -q -s 20 -o data cells && aml-init --size 20 0.npz || exit
printf 'site\tkey\nnorth\t-\neast\t-\nsouth\t-\n' >roster.tsv
seed=0
for round in 1 2 3; do
	for site in north east south; do
		aml-train -q -d data -b 6 -s $((seed += 1)) $((round - 1)).npz $site$round.npz || exit
	done
	aml-fedavg -q --previous $((round - 1)).npz -o plain$round.npz north$round.npz east$round.npz south$round.npz || exit
	cp plain$round.npz $round.npz
done

# inputs ROUND: the operands of a round
inputs() { printf '%s\n' "north=north$1.npz" "east=east$1.npz" "south=south$1.npz"; }

# average ROUND [OPTION]...: with the ledger
average() {
	local -a files
	mapfile -t files < <(inputs "$1")
	run aml-fedavg -q --previous $(($1 - 1)).npz --ledger ledger -o "$1.npz" "${@:2}" "${files[@]}"
}

digest() { tail -c 65535 "$1" | grep -ao '"weights": "[0-9a-f]*' | cut -d'"' -f4; }
fact() { tail -c 65535 "$2" | grep -ao "\"$1\": [^,}]*" | tail -n 1 | cut -d' ' -f2- | tr -d '"'; }
hash_of() { sed -n "$1p" "${2-ledger}" | sha256sum | cut -c1-64; }
member() { sed -n "$1p" ledger | grep -o "\"$2\": [^,}]*" | cut -d' ' -f2- | tr -d '"'; }

# ---- a line ----
average 1
exits 0 "the first round"
stderr_is_empty "-q"
check "one line" test "$(wc -l <ledger)" -eq 1
check "the same numbers as without a ledger" test "$(digest 1.npz)" = "$(digest plain1.npz)"
check "the model names its line" test "$(fact ledger 1.npz)" = "$(hash_of 1)"
check "a model without a ledger names none" test -z "$(fact ledger plain1.npz)"
check "it is the first" test "$(member 1 before)" = "$(printf '0%.0s' {1..64})"
check "from its parent" test "$(member 1 parent)" = "$(digest 0.npz)"
check "it tells what was made" test "$(member 1 result)" = "$(digest 1.npz)"
check "sites, in the order of bytes" test "$(member 1 site | tr '\n' ' ')" = "east north south "
check "the bytes of their files" test "$(member 1 sha256 | tr '\n' ' ')" = \
	"$(sha256sum east1.npz north1.npz south1.npz | cut -c1-64 | tr '\n' ' ')"
check "their numbers" test "$(member 1 digest | head -n 1)" = "$(digest east1.npz)"
check "their images" test "$(member 1 examples | tr '\n' ' ')" = "12 12 12 "
run aml-fedavg --previous 0.npz -o other.npz north1.npz
norm=$(awk '/north1/ { print $2 }' "$err")
check "norms are those that are shown" awk -v a="$(member 1 norm | sed -n 2p)" -v b="$norm" \
	'BEGIN { exit !(a > 0 && sprintf("%.6g", a) == b) }'
average 2
average 3
exits 0 "the third round"
check "three lines" test "$(wc -l <ledger)" -eq 3
check "each holds the hash of the one before" test "$(member 3 before)" = "$(hash_of 2)"
check "counted" test "$(member 3 round)" = 3
check "no lock is left" test ! -e ledger.lock
cp ledger kept

# ---- again ----
cp 3.npz want.npz
average 3
exits 0 "the same command again"
same kept ledger "appends nothing"
same want.npz 3.npz "and makes the same model"
rm 3.npz
run aml-fedavg -q -j 1 --previous 2.npz --ledger ledger -o 3.npz south=south3.npz north=north3.npz east=east3.npz
exits 0 "killed between line and model, in another order"
same kept ledger "appends nothing"
same want.npz 3.npz "and makes the same model"
for cut in 1 40 700; do
	head -n 2 kept >ledger
	sed -n 3p kept | head -c $cut >>ledger
	average 3
	exits 0 "a line torn after $cut bytes"
	same kept ledger "is mended"
done
{ head -n 2 kept && sed -n 3p kept | head -c 512 && head -c 300 /dev/zero; } >ledger
average 3
same kept ledger "torn, with zeros for what never reached the disk"
{ head -n 2 kept && printf '{"round": 4'; } >ledger
cp ledger before
average 3
fails_with "ledger: line 3: ends without a newline: it was cut off, and not by this round" "another torn line"
same before ledger "stays"

# ---- what is refused ----
refuses() { # WHY DESCRIPTION ROUND [OPTION]...
	cp ledger before
	rm -f "$3.npz"
	average "${@:3}"
	fails_with "$1" "$2"
	same before ledger "$2: the ledger stays"
	check "$2: no model" test ! -e "$3.npz"
	cp "plain$3.npz" "$3.npz"
}
cp kept ledger
refuses "ledger: round 3 made the model $(digest want.npz), the previous model is $(digest 0.npz)" "a round before the last" 1
refuses "ledger: round 3 made the model" "the last round, by another rule" 3 -m median
head -n 2 kept >ledger
refuses "ledger: round 2 made the model" "a fork" 2 -m median
{ head -n 1 kept && sed -n 3p kept; } >ledger
refuses "ledger: is damaged or altered, see aml-info --ledger" "a line removed" 3
sed '1s/"norm": 1/"norm": 2/;1s/"examples": 12/"examples": 13/' kept | head -n 2 >ledger
refuses "ledger: is damaged or altered" "a line altered" 3
echo hello >ledger
refuses "ledger: is damaged or altered" "no ledger" 3
head -n 1 kept >ledger
run aml-fedavg -q --ledger ledger -o out.npz north2.npz
fails_with "ledger: has rounds already: --previous must tell what this one began from" "no previous model"
rm ledger
run aml-fedavg -q --ledger ledger -o out.npz north=north1.npz north=south1.npz
fails_with "north: south1.npz: handed in north1.npz already" "a site twice"
run aml-fedavg -q --ledger ledger -o out.npz north1.npz south=missing.npz
fails_with "south: missing.npz: No such file" "no such file"
check "none of them makes a ledger" test ! -e ledger
sed "s/$(digest north1.npz)/$(digest east1.npz)/" north1.npz >liar.npz
run aml-fedavg -q --previous 0.npz --ledger ledger -o out.npz north=liar.npz south1.npz
fails_with "north: liar.npz: altered: its digest is not the one in its facts" "facts that tell another digest"
for place in /dev/full /dev/null data; do
	run aml-fedavg -q --previous 0.npz --ledger $place -o out.npz north1.npz
	fails_with "$place: is no regular file" "$place"
done
run aml-fedavg -q --previous 0.npz --ledger no/such/folder -o out.npz north1.npz
fails_with "no/such/folder: No such file or directory" "no such folder"
check "no model without its line" test ! -e out.npz
run flock ledger.lock aml-fedavg -q --previous 0.npz --ledger ledger -o out.npz north1.npz
fails_with "ledger: in use by another process" "another round at the same time"
for name in north1.npz 0.npz out.npz; do
	run aml-fedavg -q --previous 0.npz --ledger $name -o out.npz north1.npz
	fails_with "are the same file" "--ledger $name"
done
rm -f ledger.lock
run sh -c 'ulimit -f 0; trap "" XFSZ; exec "$@"' sh aml-fedavg -q --previous 0.npz --ledger ledger north1.npz
check "a full disk: exit 1" test "$status" -eq 1
check "a full disk: nothing is left" test ! -e ledger

# ---- clipped updates ----

for bound in auto 0.01; do
	aml-fedavg -q --previous 0.npz --clip $bound --ledger clipped -o clipped.npz north1.npz south1.npz east1.npz
	run aml-info --ledger clipped 0.npz north1.npz south1.npz east1.npz clipped.npz
	exits 0 "a round with --clip $bound is averaged again"
	check "to the same model and scales" grep -q 'averaged again: the same model, the same updates' "$out"
	check "its bound is told" grep -q 'updates clipped to [0-9.e-]*' "$out"
	run aml-info --ledger clipped north1.npz south1.npz east1.npz clipped.npz
	check "without the model before it is not" grep -q 'not averaged again: updates were clipped' "$out"
	sed 's/"clip_norm": [0-9.e-]*/"clip_norm": 0.5/' clipped >altered
	run aml-info --ledger altered 0.npz north1.npz south1.npz east1.npz
	exits 1 "another bound is found"
	rm clipped
done

# ---- with a roster, differences, an optimiser ----
run aml-fedavg -q --previous 0.npz --ledger some --roster roster.tsv --allow-missing -o out.npz north=north1.npz south=south1.npz
check "who is missing" grep -q '"missing": \["east"\]' some
aml-delta -b 8 -p 0.npz north1.npz north1.delta
run aml-fedavg -q --ledger first -w 2,1 -o out.npz north1.npz south1.npz
exits 0 "a first round from nowhere"
check "has no parent and no norms" grep -q '"parent": null.*"norm": null, "cosine": null' first
run aml-info --ledger first out.npz north1.npz south1.npz
exits 0 "which can be averaged again"
stdout_has "averaged again: the same model"
step=(aml-fedavg -q --previous 0.npz --server-opt adam --state state --ledger steps -o step.npz north1.npz south1.npz)
run "${step[@]}"
exits 0 "an optimiser"
cp steps kept.steps
run "${step[@]}"
exits 0 "again, after the state was written"
same kept.steps steps "appends nothing"
rm state
run "${step[@]}"
exits 0 "killed between model and state"
same kept.steps steps "appends nothing"
rm steps
run "${step[@]}"
fails_with "steps: has no line of the round" "written without its line"

# ---- audits ----
cp kept ledger
cp plain3.npz loose.npz
average 3
all=(0.npz 1.npz 2.npz 3.npz north1.npz east1.npz south1.npz north2.npz east2.npz south2.npz north3.npz east3.npz south3.npz)
for round in 1 2; do
	head -n $((round - 1)) kept >ledger
	average $round
done
cp kept ledger
run aml-info --ledger ledger "${all[@]}"
exits 0 "the whole federation"
stderr_is_empty "the whole federation"
check "each round averaged again" test "$(grep -c '  averaged again: the same model, the same updates' "$out")" -eq 3
stdout_has "3 rounds, 0 faults"
stdout_has "north2.npz: what north handed in for round 2"
stdout_has "2.npz: what round 2 made"
stdout_has "0.npz: what round 1 began from"
check "shares" test "$(grep -c '33.3 %' "$out")" -eq 9
check "the end is known" test "$(grep -c 'may have been cut off' "$out")" -eq 0
cp "$out" words
run aml-info -j 1 --ledger ledger "${all[@]}"
same words "$out" "-j 1 says the same"
run aml-info --ledger ledger
exits 0 "the ledger alone"
stdout_has "not averaged again: the file of east is not given"
stdout_has "no model of the last round was given"
run aml-info --json --ledger ledger "${all[@]}"
exits 0 "as JSON"
check "its rounds" test "$(grep -c '"same": true' "$out")" -eq 3
run aml-info --ledger <(cat ledger) 3.npz
fails_with "is no regular file" "a pipe"
run aml-info --ledger missing
fails_with "missing: there is no such ledger" "no ledger"
run aml-info --ledger /dev/null
fails_with "/dev/null: is no regular file" "no file"
: >empty
run aml-info --ledger empty
fails_with "empty: empty: it tells of no round" "an empty one"
run aml-info --trail --ledger ledger
wrong_usage "exclude each other" "two ways at once"
run sh -c 'aml-info --ledger ledger 3.npz >/dev/full'
check "a full disk" test "$status" -eq 1

# found LINE DESCRIPTION: this fault, exit 1
found() {
	if [ "$status" -eq 1 ] && grep -qF -- "aml-info: $1" "$err"; then
		ok "$2"
	else
		fail "$2: expected exit 1 and '$1'"
	fi
}
head -n 2 kept >ledger
run aml-info --ledger ledger 3.npz
found "3.npz: names a line that is not there: the ledger was cut off or altered" "the last line cut off"
sed '3s/"signed": false/"signed": true/' kept >ledger
run aml-info --ledger ledger 3.npz
found "3.npz: is what round 3 made, but names another line: that line was altered" "the last line altered"
sed '2s/"signed": false/"signed": true/' kept >ledger
run aml-info --ledger ledger
found "ledger: line 3: follows another line than the one before it, which was altered" "a line altered"
sed 2d kept >ledger
run aml-info --ledger ledger
found "ledger: line 2: is round 3 after round 1: lines were removed or moved" "a line removed"
sed 1d kept >ledger
run aml-info --ledger ledger
found "ledger: line 1: is round 2: what came before it was removed" "the first line removed"
sed '2p' kept >ledger
run aml-info --ledger ledger
found "ledger: line 3: follows line 1: what is between was inserted or moved" "a line inserted"
sed -n '1p;3p' kept >ledger && sed -n 2p kept >>ledger
run aml-info --ledger ledger
found "ledger: line 2: follows line 3, which stands after it: lines were moved" "two lines exchanged"
head -c -10 kept >ledger
run aml-info --ledger ledger
found "ledger: line 3: ends without a newline: it was cut off" "half a line"
cp kept ledger
run aml-info --ledger ledger plain3.npz
found "plain3.npz: has the numbers that round 3 made, but does not name its line" "a result without its facts"
sed 's/"num_examples": 36/"num_examples": 63/' 3.npz >more.npz
run aml-info --ledger ledger more.npz
found "more.npz: altered: its num_examples is 63, round 3 had 36" "a result with another count"
sed 's/"num_examples": 12/"num_examples": 21/' north1.npz >more.npz
run aml-info --ledger ledger more.npz
found "more.npz: has the numbers that north handed in for round 1, but is another file" "an input with another count"
run aml-info --ledger ledger liar.npz
found "liar.npz: altered: its digest is not the one in its facts" "an input with another digest"
aml-train -q -d data -s 77 0.npz alien.npz
run aml-info --ledger ledger alien.npz data
found "alien.npz: no round of the ledger has or made it" "another model"
found "data: Is a directory" "no model"
# A ledger that was written anew from its second line on, with other weights: the chain holds, the files tell.
sed -n 2p kept | sed 's/"weight": 12/"weight": 24/' >second
{ head -n 1 kept && cat second && sed -n 3p kept | sed "s/$(hash_of 2 kept)/$(hash_of 1 second)/"; } >ledger
run aml-info --ledger ledger
exits 0 "a ledger written anew"
run aml-info --ledger ledger 1.npz 2.npz 3.npz
found "2.npz: is what round 2 made, but names another line" "does not fool a model"
run aml-info --ledger ledger 1.npz north2.npz east2.npz south2.npz
found "ledger: round 2: its files give the model" "nor the files of a round"

# ---- sums ----
run aml-info --sha256 "${all[@]}"
sha256sum "${all[@]}" >want
same want "$out" "--sha256 as sha256sum"
run aml-info --sha256 -j 1 - <3.npz
check "of standard input" grep -q "^$(sha256sum <3.npz | cut -c1-64)  -$" "$out"
run aml-info --sha256 3.npz missing.npz 2.npz
fails_after_output "missing.npz: No such file" "a missing one"
check "the others are shown" test "$(wc -l <"$out")" -eq 2
run aml-info --sha256 --json 3.npz
wrong_usage "--sha256 goes without --json" "no JSON"
run aml-info
wrong_usage "missing operand" "nothing"

end
