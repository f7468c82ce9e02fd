#!/usr/bin/env bash
# aml-fedavg: weights, order, methods, server optimisers; what it refuses and what its messages name.
. "${0%/*}/../lib.sh"

forms=$DATA/forms                       # one network of 16 x 16 pixels, without facts

# fact KEY FILE: a text or number of the archive comment
fact() { tail -c 65535 "$2" | grep -ao "\"$1\": [^,}]*" | tail -n 1 | cut -d' ' -f2- | tr -d '"'; }
digest() { fact weights "$1"; }

# is_fact KEY VALUE FILE DESCRIPTION
is_fact() { check "$4" test "$(fact "$1" "$3")" = "$2"; }

# child NAME SEED IMAGES: a child of parent.npz as a client would send it, whole and as a difference
child() {
	aml-init --size 20 -s "$2" loose.npz && aml-delta -p parent.npz loose.npz small &&
		aml-delta -x -p parent.npz small "$1.npz"
	mv small "$1.delta"
	printf '{"num_examples": %d}\n' "$3" >"$1.npz-metadata"
	cp "$1.npz-metadata" "$1.delta-metadata"
}

aml-init --size 20 -s 9 parent.npz
child a 1 30
child b 2 50
child c 3 80
rm loose.npz

# ---- weights ----
run aml-fedavg -o one.npz a.npz
exits 0 "one model"
stderr_is_empty "one model"
check "one model is its own mean" test "$(digest one.npz)" = "$(digest a.npz)"
is_fact num_examples 30 one.npz "its images are kept"
run aml-fedavg -o mean.npz a.npz b.npz c.npz
exits 0 "three models, weights from the metadata"
is_fact num_examples 160 mean.npz "the images are added"
run aml-fedavg -w 30,50,80 -o given.npz a.npz b.npz c.npz
check "the same weights on the command line" test "$(digest given.npz)" = "$(digest mean.npz)"
run aml-fedavg -w 3,5,8 -o scaled.npz a.npz b.npz c.npz
check "only their ratios count" test "$(digest scaled.npz)" = "$(digest mean.npz)"
run aml-fedavg --equal -o equal.npz a.npz b.npz c.npz
check "equal weights give another mean" test "$(digest equal.npz)" != "$(digest mean.npz)"
run aml-fedavg -w .5,.5,.5 -o equal2.npz a.npz b.npz c.npz
check "as weights of a half do" test "$(digest equal2.npz)" = "$(digest equal.npz)"
aml-fedavg -o inner.npz a.npz b.npz
run aml-fedavg -o outer.npz inner.npz c.npz
exits 0 "a mean of means, weights from the facts"
is_fact num_examples 160 outer.npz "and its images"

# ---- the same bytes ----
for files in "c.npz a.npz b.npz" "b.npz c.npz a.npz" "c.npz b.npz a.npz"; do
	# shellcheck disable=SC2086 # a list of names
	run aml-fedavg -o turned.npz $files
	same mean.npz turned.npz "the same bytes in the order $files"
done
for jobs in 1 2 7; do
	run aml-fedavg -j $jobs -o turned.npz a.npz b.npz c.npz
	same mean.npz turned.npz "the same bytes with -j $jobs"
done
for isa in $(isas); do
	AML_ISA=$isa run aml-fedavg -o turned.npz a.npz b.npz c.npz
	same mean.npz turned.npz "the same bytes with AML_ISA=$isa"
done
run aml-fedavg -w 30,50,80 - b.npz c.npz <a.npz
cp "$out" piped.npz
check "from standard input to standard output" test "$(digest piped.npz)" = "$(digest mean.npz)"
run aml-fedavg a.npz b.npz c.npz
same mean.npz "$out" "a file, written while it is averaged, has the bytes of a pipe"
for form in f8 fortran big; do
	run aml-fedavg --equal -o form.npz "$forms/$form.npz"
	aml-fedavg --equal -o plain.npz "$forms/stored.npz"
	same plain.npz form.npz "the same bytes from the form $form"
done

# ---- methods ----
run aml-fedavg -m median -o median.npz a.npz b.npz c.npz
exits 0 "median"
run aml-fedavg -m trimmed:1 -o trimmed.npz a.npz b.npz c.npz
check "of three the trimmed mean is the median" test "$(digest trimmed.npz)" = "$(digest median.npz)"
run aml-fedavg -m trimmed:0 -o trimmed.npz a.npz b.npz c.npz
check "trimmed by nothing it is the mean" test "$(digest trimmed.npz)" = "$(digest equal.npz)"
aml-fedavg -m median -o alone.npz b.npz
check "of one model the median is itself" test "$(digest alone.npz)" = "$(digest b.npz)"
run aml-fedavg --bn pool -o pool.npz a.npz b.npz c.npz
exits 0 "pooled statistics"
is_fact bn pool pool.npz "are told in the facts"

# ---- the previous model and differences from it ----
run aml-fedavg --previous parent.npz -o known.npz a.npz b.npz c.npz
exits 0 "with the previous model"
same mean.npz known.npz "the mean is the same"
check "a table of three clients" test "$(wc -l <"$err")" -eq 4
stderr_has "cosine"
run aml-fedavg -q --previous parent.npz -o known.npz a.npz b.npz c.npz
stderr_is_empty "-q shows no table"
run aml-fedavg -q --previous parent.npz -o known.npz a.delta b.npz c.delta
exits 0 "differences from it"
same mean.npz known.npz "count as the models that they stand for"
run aml-fedavg --equal -o out.npz a.delta b.npz
fails_with "a.delta: holds differences from a parent, which is not given" "differences alone"
run aml-fedavg --equal --previous a.npz -o out.npz b.delta
fails_with "b.delta: holds differences from the parent" "differences from another parent"
run aml-fedavg --previous b.npz -o out.npz a.npz c.npz
fails_with "a.npz: was not trained from the previous model" "another previous model"
run aml-fedavg --previous "$forms/stored.npz" -o out.npz a.npz c.npz
fails_with "a.npz: made for images of size 20, expected 14 to 17" "a previous model of another size"

# ---- clipping ----
# column N: of the table of clients on stderr
column() { awk -v n="$1" 'NR > 1 { print $n }' "$err" | tr '\n' ' '; }
clip=(aml-fedavg --previous parent.npz)
run "${clip[@]}" --clip 1e6 -o clipped.npz a.npz b.npz c.npz
exits 0 "clipped to more than all"
check "gives the mean" test "$(digest clipped.npz)" = "$(digest mean.npz)"
check "nothing was scaled" test "$(column 4)" = "1.000000 1.000000 1.000000 "
is_fact clip norm clipped.npz "the rule is told in the facts"
is_fact clip_norm 1000000 clipped.npz "and the bound"
run "${clip[@]}" --clip auto -o auto.npz a.npz b.npz c.npz
exits 0 "clipped by the median"
is_fact clip auto auto.npz "which the facts tell"
bound=$(fact clip_norm auto.npz)
run "${clip[@]}" --clip "$bound" -o clipped.npz a.npz b.npz c.npz
check "the bound that they tell gives the same numbers" test "$(digest clipped.npz)" = "$(digest auto.npz)"
check "the previous model is a parent" grep -aq "\"$(digest parent.npz)\"\]" auto.npz
run "${clip[@]}" --clip 1 -o short.npz a.npz b.npz c.npz
exits 0 "clipped to a length of 1"
# shellcheck disable=SC2016 # awk's fields
check "all are scaled" awk 'NR > 1 { n++; ok += $4 < 1 && $2 * $4 <= 1.00001 && $2 * $4 > .9999 } END { exit !(n == 3 && ok == 3) }' "$err"
for jobs in 1 2 7; do
	run "${clip[@]}" -q -j $jobs --clip 1 -o turned.npz c.npz a.npz b.npz
	same short.npz turned.npz "the same bytes with -j $jobs in another order"
done
run "${clip[@]}" -q --clip 1 -o turned.npz a.delta - c.delta <b.npz
fails_with "-: does not tell its num_examples" "standard input has no metadata"
run "${clip[@]}" -q -w 30,50,80 --clip 1 -o turned.npz a.delta - c.delta <b.npz
check "differences and standard input are read twice" test "$(digest turned.npz)" = "$(digest short.npz)"
run "${clip[@]}" -q --clip 1 --bn pool -o turned.npz a.npz b.npz c.npz
exits 0 "with pooled statistics"
run "${clip[@]}" -q --clip 1 --server-opt yogi --state clip.state -o yogi.npz a.npz b.npz c.npz
exits 0 "before an optimiser"
cp clip.state want.state
run "${clip[@]}" -q --clip 1 --server-opt yogi --state clip.state -o yogi.npz a.npz b.npz c.npz
exits 0 "the same command again"
same want.state clip.state "finds its state"
run "${clip[@]}" -q --clip 2 --server-opt yogi --state clip.state -o yogi.npz a.npz b.npz c.npz
fails_with "clip.state: belongs to the model" "another bound is another round"
cp "$forms/nan.npz" nan.npz
run aml-fedavg -q --equal --previous "$forms/stored.npz" --clip 1 -o out.npz "$forms/f8.npz" nan.npz
fails_with "nan.npz: array 8: entry 17 is nan" "NaN at the first reading"
head -c 30000 b.npz >cut.npz
run "${clip[@]}" -q --equal --clip 1 -o out.npz a.npz cut.npz
fails_with "cut.npz: not an .npz archive, or cut off" "half a file at the first reading"
check "no output" test ! -e out.npz
for bound in 0 -1 nan inf 0x1p3 " 1" 1x "" automatic 1e999; do
	run "${clip[@]}" --clip "$bound" a.npz b.npz
	wrong_usage "--clip takes auto or a number above 0" "a bound of '$bound'"
done
run aml-fedavg --clip 1 a.npz b.npz
wrong_usage "--clip needs --previous" "a bound without the previous model"
run "${clip[@]}" --clip 1 -m median a.npz b.npz
wrong_usage "--clip needs --previous, and goes with --method mean only" "a bound and the median"
run "${clip[@]}" --clip 1 -w 1,1.5 a.npz b.npz
wrong_usage "--clip takes whole numbers for --weights" "fractional weights"

# ---- server optimisers ----
for rule in adam yogi adagrad; do
	run aml-fedavg -q --server-opt $rule --previous parent.npz --state $rule.state -o $rule.npz a.npz b.npz c.npz
	exits 0 "$rule, first round"
	is_fact server_opt $rule $rule.npz "$rule is told in the facts"
	run aml-fedavg -q -j 1 --server-opt $rule --previous parent.npz --state turned.state -o turned.npz \
		c.npz b.npz a.npz
	same $rule.npz turned.npz "$rule: the same model in another order"
	same $rule.state turned.state "$rule: and the same state"
	rm turned.state
done
check "the optimisers differ" test "$(digest adam.npz)" != "$(digest adagrad.npz)"
check "a step is no mean" test "$(digest adam.npz)" != "$(digest mean.npz)"
cp adam.state before.state
run aml-fedavg -q --equal --server-opt adam --previous adam.npz --state adam.state -o second.npz "$forms/stored.npz"
fails_with "stored.npz: array 0 is 3 x 3 x 4 x 3 of <f4, expected 3 x 3 x 4 x 32" "clients of another network"
same before.state adam.state "a failed round leaves the state"
for name in a b; do
	aml-delta -p adam.npz $name.npz small && aml-delta -x -p adam.npz small $name.2.npz
done
run aml-fedavg -q --server-opt adam --equal --previous adam.npz --state adam.state -o second.npz b.npz
fails_with "b.npz: was not trained from the previous model" "a client of the round before"
run aml-fedavg -q --server-opt yogi --previous parent.npz --state adam.state -o out.npz a.npz b.npz
fails_with "adam.state: belongs to adam, not to yogi" "a state of another rule"
run aml-fedavg -q --server-opt adam --previous parent.npz --state adam.state -o out.npz a.npz b.npz
fails_with "adam.state: belongs to the model $(digest adam.npz)" "a state of another round"
head -c 5000 adam.state >cut.state
run aml-fedavg -q --server-opt adam --previous parent.npz --state cut.state -o out.npz a.npz b.npz
fails_with "cut.state: not an .npz archive" "half a state"
cp mean.npz model.state
run aml-fedavg -q --server-opt adam --previous parent.npz --state model.state -o out.npz a.npz b.npz
fails_with "model.state: is not a state of a server optimiser" "a model for a state"
run flock adam.state.lock aml-fedavg -q --server-opt adam --previous parent.npz --state adam.state -o out.npz a.npz
fails_with "adam.state: in use by another process" "a state that another round uses"
# killed between model and state: the state still belongs to the previous model
cp adam.npz want.npz && cp adam.state want.state && rm adam.state
run aml-fedavg -q --server-opt adam --previous parent.npz --state adam.state -o adam.npz a.npz b.npz c.npz
same want.npz adam.npz "the same command again: the same model"
same want.state adam.state "and the same state"
# killed after the state
again=(aml-fedavg --server-opt adam --previous parent.npz --state adam.state)
run "${again[@]}" -o adam.npz c.npz b.npz a.npz
exits 0 "the same command once more, in any order"
check "it says so" one_line "adam.npz, adam.state: were written already"
same want.npz adam.npz "the model stays"
same want.state adam.state "the state stays"
run "${again[@]}" -o adam.npz a.npz b.npz
fails_with "adam.state: belongs to the model $(digest adam.npz)" "without one client it is another round"
run "${again[@]}" --equal -o adam.npz a.npz b.npz c.npz
fails_with "adam.state: belongs to the model" "with other weights"
run "${again[@]}" --server-rate .5 -o adam.npz a.npz b.npz c.npz
fails_with "adam.state: belongs to the model" "with another rate"
run "${again[@]}" -o elsewhere.npz a.npz b.npz c.npz
fails_with "adam.state: belongs to the model" "with no model under the name that is given"
cp mean.npz adam.npz
run "${again[@]}" -o adam.npz a.npz b.npz c.npz
fails_with "adam.state: belongs to the model" "with another one"
cp want.npz adam.npz
run sh -c '"$@" >piped' sh "${again[@]}" a.npz b.npz c.npz
fails_with "adam.state: belongs to the model" "to standard output, where nobody can look"

# ---- what is refused ----
rm -f out.npz
refused() { check "$1: no output" test ! -e out.npz; }
run aml-fedavg --equal -o out.npz a.npz ./a.npz
fails_with "./a.npz: the same file as a.npz" "the same file twice"
ln -s a.npz link.npz
run aml-fedavg --equal -o out.npz a.npz b.npz link.npz
fails_with "link.npz: the same file as a.npz" "a link to it"
cp a.npz copy.npz
run aml-fedavg --equal -o out.npz b.npz a.npz copy.npz
fails_with "copy.npz: the same numbers as a.npz" "a copy of it"
run aml-fedavg --equal -o out.npz "$forms/stored.npz" "$forms/f8.npz"
fails_with "f8.npz: the same numbers as" "the same numbers in another form"
refused "twice"
run aml-fedavg --equal -o out.npz "$forms/stored.npz" "$forms/nan.npz"
fails_with "nan.npz: array 8: entry 17 is nan" "NaN"
run aml-fedavg -m median -o out.npz "$forms/stored.npz" "$forms/nan.npz" "$forms/large.npz"
fails_with "large.npz: array 0: entry 3 is inf" "a number too large for float32"
run aml-fedavg --equal -o out.npz "$forms/stored.npz" "$forms/variance.npz"
fails_with "variance.npz: array 13: entry 2, a variance, is -1" "a negative variance"
run aml-fedavg --equal -o out.npz "$forms/stored.npz" "$forms/shape.npz"
fails_with "shape.npz: array 10 is 6 of <f4, expected 5 of <f4" "an array of another shape"
run aml-fedavg --equal -o out.npz "$forms/shape.npz" "$forms/stored.npz"
fails_with "shape.npz: array 10 is 6 of <f4, expected 5 of <f4" "the same when it comes first"
run aml-fedavg --equal -o out.npz "$forms/stored.npz" "$forms/objects.npz"
fails_with "objects.npz: array 9" "a pickled array"
run aml-fedavg --equal -o out.npz a.npz "$forms/stored.npz"
fails_with "stored.npz: array 0" "another network"
run aml-fedavg --equal -o out.npz a.npz missing.npz
fails_with "missing.npz: No such file" "no such file"
head -c 30000 b.npz >cut.npz
run aml-fedavg --equal -o out.npz a.npz cut.npz
fails_with "cut.npz: not an .npz archive, or cut off" "half a file"
cp b.npz damaged.npz && printf x | dd of=damaged.npz bs=1 seek=20000 conv=notrunc 2>dd.log
run aml-fedavg --equal -o out.npz a.npz damaged.npz
fails_with "damaged.npz: array" "a changed byte"
stderr_has "damaged: its CRC-32"
run aml-fedavg --equal -o out.npz a.delta
fails_with "a.delta: holds differences" "differences alone"
aml-init --size 20 --classes X,Y,Z -s 4 xyz.npz
aml-init --size 20 --classes X,Z,Y -s 5 xzy.npz
run aml-fedavg --equal -o out.npz xyz.npz xzy.npz
fails_with "xzy.npz: its classes are X,Z,Y, those of the others X,Y,Z" "another order of the classes"
refused "bad input"

# ---- counts ----
run aml-fedavg -o out.npz xyz.npz
fails_with "xyz.npz: does not tell its num_examples" "no count"
for images in 0 -3 2000000000; do
	echo "{\"num_examples\": $images}" >xyz.npz-metadata
	run aml-fedavg -o out.npz xyz.npz
	fails_with "xyz.npz" "num_examples $images"
done
echo '{"num_examples": "12"}' >xyz.npz-metadata
run aml-fedavg -o out.npz xyz.npz
fails_with "xyz.npz-metadata: num_examples is missing or no whole number" "num_examples that is text"
echo '{"num_examples": 12.5, "loss": NaN}' >xyz.npz-metadata
run aml-fedavg -o out.npz xyz.npz
fails_with "xyz.npz-metadata: num_examples is missing or no whole number" "num_examples that is no whole number"
rm xyz.npz-metadata
ln -s xyz.npz-metadata xyz.npz-metadata
run aml-fedavg -o out.npz xyz.npz
fails_with "xyz.npz-metadata: Too many levels of symbolic links" "metadata that cannot be looked at is not absent"
rm xyz.npz-metadata
refused "bad counts"
printf '\357\273\277{"loss": NaN, "best": -Infinity, "num_examples": 12.0}' >xyz.npz-metadata
run aml-fedavg -q -o foreign.npz xyz.npz
exits 0 "what Python's json writes, behind a byte order mark"
check "its count" test "$(fact num_examples foreign.npz)" = 12
rm xyz.npz-metadata foreign.npz

# ---- usage ----
run aml-fedavg
wrong_usage "missing operand" "no models"
run aml-fedavg -w 1,2 a.npz
wrong_usage "--weights gives 2 weights for 1 models" "too many weights"
run aml-fedavg -w 1 a.npz b.npz
wrong_usage "--weights gives 1 weights for 2 models" "too few weights"
for weights in 1,x 0,1 -1,1 nan,1 1e12,1 "1, 2" 1,,2; do
	run aml-fedavg -w "$weights" a.npz b.npz
	wrong_usage "--weights" "weights '$weights'"
done
run aml-fedavg -w 1,1 --equal a.npz b.npz
wrong_usage "exclude each other" "weights and --equal"
run aml-fedavg -m trimmed:1 a.npz b.npz
wrong_usage "drops all of 2 models" "trimmed to nothing"
for method in trimmed trimmed: trimmed:-1 trimmed:x mode trimmed:99999999999999999999; do
	run aml-fedavg -m $method a.npz b.npz c.npz
	wrong_usage "--method" "method $method"
done
run aml-fedavg -m median --equal a.npz
wrong_usage "takes no weights" "median and weights"
run aml-fedavg -m median --bn pool a.npz
wrong_usage "--bn pool goes with --method mean only" "median and pool"
run aml-fedavg --server-opt adam --previous parent.npz a.npz
wrong_usage "--server-opt needs --previous and --state" "an optimiser without a state"
run aml-fedavg --state s a.npz
wrong_usage "--state goes with --server-opt only" "a state without an optimiser"
run aml-fedavg --state s --server-opt none a.npz
wrong_usage "--state goes with --server-opt only" "or with none"
for option in server-rate beta1 beta2 tau; do
	run aml-fedavg --$option .5 a.npz
	wrong_usage "--$option goes with --server-opt only" "--$option without an optimiser"
done
end
