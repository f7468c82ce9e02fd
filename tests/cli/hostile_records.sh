#!/usr/bin/env bash
# Records of strangers: facts, metadata, checkpoints, states, tables, names that come twice, and pipes that never end. A tool says in one
# line what is wrong and takes no more memory than twice the file and MOST_KB.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"
# shellcheck source=tests/hostile_files.sh
. "$TESTS/hostile_files.sh"

hostile_begin
make_small
train=(aml-train -q -j 1 -d data)
"${train[@]}" --checkpoint checkpoint --log log.tsv start.npz a.npz
aml-fedavg -q --equal --previous start.npz --server-opt adam --state state -o mean.npz a.npz
"${train[@]}" mean.npz b.npz
aml-eval -q -d data -p predictions.tsv a.npz scores.json
aml-score --share -o shared.tsv predictions.tsv

# comment_of FILE: of an archive, the JSON at its end
comment_of() { tail -c 2000 "$1" | grep -a -o '{"tool".*}'; }

# ---- a checkpoint, a state: one array that is not what the comment and the network say ----

# array_of FILE NAME SHAPE BYTES: FILE's comment, and one array
array_of() {
	zip_begin
	zip_add "$2" < <(npy '<f4' "$3" && zeros "$4")
	zip_end "bad.$1" 1 "$(comment_of "$1")"
}
resume=("${train[@]}" --checkpoint bad.checkpoint --log log.tsv -e 2 start.npz OUT)
next=(aml-fedavg -q -j 1 --equal --previous mean.npz --server-opt adam --state bad.state -o OUT b.npz)
for shape in '3, 3, 4, 32' '-3, 3, 4, 32' '3, 3, 4, 4611686018427387904'; do
	case $shape in
	-*) text="the shape in the header is damaged" told=$text bytes=4608 ;;
	*904) text="too few for 3 x 3 x 4 x 4611686018427387904" told=$text bytes=4608 ;;
	*) text="bytes more than 3 x 3 x 4 x 32 of <f4" told="more than the 19228 allowed" bytes=$MUCH ;;
	esac
	array_of checkpoint 0.npy "$shape" "$bytes"
	refuses "$text" bad.checkpoint aml-info bad.checkpoint
	refuses "bad.checkpoint: array 0: " bad.checkpoint "${resume[@]}"
	check "... $told" one_line "$told"
	array_of state m0.npy "$shape" "$bytes"
	refuses "$text" bad.state aml-info bad.state
	refuses "bad.state: m0: " bad.state "${next[@]}"
	check "... $told" one_line "$told"
done
for file in checkpoint state; do
	tool=("${next[@]}")
	[ $file = state ] || tool=("${resume[@]}")
	head -c $(($(stat -c %s $file) / 2)) $file >bad.$file
	refuses "bad.$file: " bad.$file "${tool[@]}"
	truncate -s 100G bad.$file
	refuses "bad.$file: larger than" $file "${tool[@]}"
	rm bad.$file
	mkdir bad.$file
	refuses "bad.$file: " $file "${tool[@]}"
	rmdir bad.$file
	mkfifo bad.$file
	refuses "bad.$file: " $file "${tool[@]}"
	rm bad.$file
done

# ---- facts and metadata ----

weights_of 4 2
zip_end facts.npz 16 '{"tool": "aml-train", "tool": "aml-train"}'
for tool in aml-info 'aml-eval -d data' 'aml-fedavg -q --equal -o OUT' 'aml-export -f onnx -o OUT'; do
	# shellcheck disable=SC2086  # words
	refuses "the same name twice" facts.npz $tool facts.npz
done
refuses "the same name twice" facts.npz aml-delta -p start.npz facts.npz OUT
weights_of 4 2
zip_end facts.npz 16 "{\"a\": $(zeros 60000 | tr '\0' '[')"
refuses "nested too deeply" facts.npz aml-info facts.npz
without_facts a.npz c.npz
while IFS='|' read -r json text; do
	printf '%s' "$json" >c.npz-metadata
	refuses "c.npz-metadata: $text" c.npz aml-fedavg -q -o OUT c.npz
done <<-'TABLE'
	{"num_examples": 1, "num_examples": 2}|no valid JSON at byte 34: the same name twice
	{"num_examples": 1e300}|num_examples is missing or no whole number
	{"num_examples": 9223372036854775808}|num_examples is missing or no whole number
	{"num_examples": -5}|num_examples is missing or no whole number
	|no valid JSON
TABLE
zeros 1000000 | tr '\0' '[' >c.npz-metadata
refuses "c.npz-metadata: no valid JSON at byte 33: nested too deeply" c.npz aml-fedavg -q -o OUT c.npz
truncate -s 100G c.npz-metadata
refuses "c.npz-metadata: larger than" c.npz aml-fedavg -q -o OUT c.npz
rm c.npz-metadata
ln -s /dev/zero c.npz-metadata
refuses "c.npz-metadata: a device" c.npz aml-fedavg -q -o OUT c.npz

# ---- a name that comes twice ----

cp -r data twice
id=$(basename "$(find data/data_singlets -name '*.npy' | sort | head -n 1)" .npy)
{
	npy '|O' ''
	printf '\200\002}('
	for label in 1 0; do printf X && le 4 ${#id} && printf '%sK' "$id" && le 1 $label; done
	printf 'u.'
} >twice/labels.npy
run limited twice/labels.npy aml-info --json twice
stdout_has '"images": 1,'       # as in Python's dictionary, where the second takes the first one's place
check "the label is the second" test "$(grep -A 3 '"BAS"' "$out" | grep -c '"images": 1$')" -eq 1
{ cat predictions.tsv && tail -n 1 predictions.tsv; } >again.tsv
for tool in aml-score 'aml-roc --class BAS' 'aml-compare predictions.tsv' 'aml-report -q -o OUT'; do
	# shellcheck disable=SC2086  # words
	refuses "twice" again.tsv $tool again.tsv
done

# ---- tables to share ----

# shared_with SED: the table, changed
shared_with() { sed -E "$1" shared.tsv >bad.tsv; }
while IFS='|' read -r change text; do
	shared_with "$change"
	for tool in aml-score 'aml-report -q -o OUT' 'aml-roc --class BAS'; do
		# shellcheck disable=SC2086  # words
		refuses "$text" bad.tsv $tool bad.tsv
	done
done <<-'TABLE'
	s/^images.*/images\t99999999999999999999999/|line 3
	s/^images.*/images\t-48/|line 3
	s/^count\tBAS\t12/count\tBAS\t9007199254740993/|line 7
	s/^(calibration\t4\t).*/\199999999999\t1\t1\t1/|counts other images than the 48
	s/^log_loss.*/log_loss\tnan\t0/|line 5
	s/^classes.*/classes\tBAS\tBAS\tLYT\tNGS/|line 2
	s/^(confidence\t-\t)-260/\1-2147483649/|line 26
	4,$d|ends
TABLE
{ printf 'aml-shared\t1\nclasses' && zeros 2000000 | sed 's/\x0/\tAAA/g'; } >bad.tsv
refuses "bad.tsv: line 2: " bad.tsv aml-score bad.tsv

# ---- a pipe that never ends ----

# endless WORD COMMAND...: COMMAND with a pipe of it at its end says one line, whether it is that the memory is at its end or not
endless() {
	run limited start.npz "${@:2}" <(yes "$1" 2>/dev/null)
	exits 1 "a pipe of '$1' to ${*:2}"
	check "... says so in one line" one_line "/dev/fd/"
	check "... and writes nothing" test ! -e OUT
}
for tool in aml-info aml-score aml-confmat aml-curve 'aml-roc --class BAS' 'aml-predict start.npz' 'aml-eval -d data' \
	'aml-fedavg -q --equal -o OUT' 'aml-export -f onnx -o OUT' 'aml-report -q -o OUT' 'aml-compare predictions.tsv' \
	'aml-explain -f png -o OUT start.npz' 'aml-downsample -s 20'; do
	# shellcheck disable=SC2086  # words
	endless '' $tool
	# shellcheck disable=SC2086  # words
	endless $'id\ttrue\tpredicted\tBAS' $tool
done
end
