#!/usr/bin/env bash
# aml-predict: pictures, arrays, names of any kind, a stream of names, and files that are no pictures.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"

run make_small
exits 0 "what the tests need"
aml-train -q -d data -b 8 -e 2 start.npz model.npz
aml-eval -q -d data -p eval.tsv model.npz
mapfile -t pictures < <(find cells -name '*.tiff' | sort)

# ---- the same probabilities as aml-eval's ----
run aml-predict model.npz "${pictures[@]}"
exits 0 "48 pictures"
stderr_is_empty "48 pictures"
cp "$out" names.txt
awk -F '\t' '
	NR == 1 { for (i = 4; i <= NF; i++) at[$i] = i; next }
	{ printf "%s\t%s\t%.6f\n", $1, $3, $at[$3] }' eval.tsv | sort >expected
sed 's,^.*/\([^/]*\)\.tiff,\1,' names.txt | sort >got
same expected got "class and probability are aml-eval's"
check "in the order of the names" test "$(cut -f 1 names.txt)" = "$(printf '%s\n' "${pictures[@]}")"
for j in 1 2 7; do
	run aml-predict -j $j model.npz "${pictures[@]}"
	same names.txt "$out" "-j $j"
done
run aml-predict - "${pictures[@]}" <model.npz
same names.txt "$out" "the model from standard input"
id=$(basename "${pictures[0]}" .tiff)
run aml-predict model.npz "data/data_singlets/$id.npy"
check "an array of the dataset" test "$(cut -f 2- "$out")" = "$(head -n 1 names.txt | cut -f 2-)"
aml-downsample -q -s 20 -t u1 --classes $SMALL_CLASSES -o bytes cells
run aml-predict model.npz "bytes/data_singlets/$id.npy"
check "an array of bytes" test "$(cut -f 2- "$out")" = "$(head -n 1 names.txt | cut -f 2-)"

# ---- output ----
run aml-predict -k 3 model.npz "${pictures[0]}"
check "-k 3: three classes" test "$(awk -F '\t' '{ print NF }' "$out")" = 7
check "-k 3: the likeliest first" sort -c -g -r <(cut -f 3,5,7 "$out" | tr '\t' '\n')
run aml-predict -k 100 model.npz "${pictures[0]}"
check "-k 100: all there are" test "$(awk -F '\t' '{ print NF }' "$out")" = 9
check "... and they add up to 1" test "$(awk -F '\t' '{ printf "%.4f", $3 + $5 + $7 + $9 }' "$out")" = 1.0000
run aml-predict --json -k 2 model.npz "${pictures[0]}" "${pictures[1]}"
check "--json: a line each" test "$(grep -cE \
	'^\{"file": "cells/BAS/[^"]*", "predictions": \[\{"class": "[A-Z]{3}", "probability": [0-9.e-]+\}, \{"class": "[A-Z]{3}", "probability": [0-9.e-]+\}\]\}$' "$out")" = 2

# ---- names ----
cp "${pictures[0]}" 'two words.tiff'
cp "${pictures[0]}" $'a\nb.tiff'
cp "${pictures[0]}" $'tab\t.tiff'
cp "${pictures[0]}" ./-k
run aml-predict model.npz 'two words.tiff' $'a\nb.tiff' $'tab\t.tiff' -- -k
exits 0 "odd names"
check "odd names: a line each" test "$(wc -l <"$out")" = 4
check "odd names: escaped" test "$(cut -f 1 "$out")" = $'two words.tiff\na\\nb.tiff\ntab\\t.tiff\n-k'
run aml-predict --json model.npz $'a\nb.tiff'
stdout_has '"file": "a\nb.tiff"'

# ---- what cannot be read ----
echo "no picture" >text.tiff
: >empty.tiff
mkdir folder.tiff
run aml-predict model.npz missing.tiff "${pictures[0]}" text.tiff folder.tiff "${pictures[1]}" empty.tiff
exits 1 "some that cannot be read"
check "the others are predicted" test "$(cat "$out")" = "$(head -n 2 names.txt)"
check "a line for each that is not" test "$(sed 's/^aml-predict: \([a-z]*\.tiff\): .*/\1/' "$err" | xargs)" = \
	"missing.tiff text.tiff folder.tiff empty.tiff"
aml-init --size 24 --classes $SMALL_CLASSES large.npz
run aml-predict large.npz "data/data_singlets/$id.npy"
fails_with "is 20 x 20 x 4 of <f4, the network takes 24 x 24 x 4" "an array of another size"
run aml-predict large.npz "${pictures[0]}"
exits 0 "a picture of any size"
run aml-predict missing.npz "${pictures[0]}"
fails_with "missing.npz: " "no model"
run aml-predict "${pictures[0]}" "${pictures[0]}"
fails_with "${pictures[0]}: " "a picture for a model"
run aml-predict model.npz
wrong_usage "missing operand" "no picture"
run aml-predict -k 0 model.npz "${pictures[0]}"
wrong_usage "--top takes N from 1" "no class"
aml-init --size 20 --classes 3 numbered.npz
run aml-predict -k 3 numbered.npz "${pictures[0]}"
check "classes that nobody named" test "$(cut -f 2,4,6 "$out" | tr '\t' '\n' | sort | xargs)" = "C0 C1 C2"

run aml-predict model.npz "${pictures[0]}" "$DATA"/images/{grey8.png,grey16.tiff,grey16.png}
exits 0 "16-bit grey"
check "of 16-bit grey the first is told of, once" test "$(cat "$err")" = \
	"aml-predict: $DATA/images/grey16.tiff: 16-bit grey above 255 becomes white, as Pillow has it"

# ---- names from standard input ----
printf '%s\n' "${pictures[@]}" >list
run aml-predict model.npz - <list
same names.txt "$out" "48 names"
printf '%s\n\n%s' "${pictures[0]}" "${pictures[1]}" >list
run aml-predict model.npz - <list
check "empty lines are passed over, the last needs no newline" test "$(cat "$out")" = "$(head -n 2 names.txt)"
printf '%s\n' "${pictures[1]}" >list
run aml-predict model.npz "${pictures[0]}" - "${pictures[2]}" <list
check "among others" test "$(cat "$out")" = "$(head -n 3 names.txt)"
printf '%s\n-\n%s\n' "${pictures[0]}" "${pictures[1]}" >list
run aml-predict model.npz - <list
exits 1 "a line -"
check "a line -: is a file's name" grep -q '^aml-predict: \./-: No such file' "$err"
check "a line -: the others are predicted" test "$(cat "$out")" = "$(head -n 2 names.txt)"
run aml-predict model.npz - </dev/null
exits 0 "no names"
printf '%s\0' "${pictures[@]:0:3}" >list
for option in -0 --null; do
	run aml-predict $option model.npz - <list
	exits 0 "$option"
	check "$option: names that end in NUL" test "$(cat "$out")" = "$(head -n 3 names.txt)"
done
printf '%s\0' $'a\nb.tiff' >list
run aml-predict -0 model.npz - <list
check "-0: a newline in a name" test "$(cut -f 1 "$out")" = 'a\nb.tiff'
run aml-predict model.npz - <list
fails_with "standard input: a NUL in a line; names that end in NUL need -0" "NUL without -0"
{ head -c 200000 /dev/zero | tr '\0' x; echo; echo "${pictures[0]}"; } >list
run aml-predict model.npz - <list
exits 1 "a line of 200000 characters"
check "a line of 200000 characters: one message" test "$(wc -l <"$err")" = 1
check "a line of 200000 characters: the next is predicted" test "$(cat "$out")" = "$(head -n 1 names.txt)"

# ---- the BLAS library, loaded where it is needed ----
if ldd "$BIN/aml-predict" | grep -q blas; then
	skip "the BLAS library is linked"
else
	mkdir blas
	: >blas/libopenblas.so.0
	LD_LIBRARY_PATH=$PWD/blas AML_ISA=blas run aml-predict model.npz "${pictures[0]}"
	fails_with "the BLAS library: " "a BLAS library that cannot be loaded"
	LD_LIBRARY_PATH=$PWD/blas AML_ISA=ref run aml-predict model.npz "${pictures[0]}"
	exits 0 "the kernels do without it"
fi

# One name at a time: the answer comes before the next question.
mkfifo questions answers
aml-predict model.npz - <questions >answers &
pid=$!
exec 8>questions 9<answers
for i in 0 1 2; do
	echo "${pictures[i]}" >&8
	IFS= read -r -t 30 -u 9 answer
	check "answer $((i + 1)) comes at once" test "$answer" = "$(sed -n "$((i + 1))p" names.txt)"
done
exec 8>&-
command="aml-predict model.npz -" status=0
wait $pid || status=$?
exits 0 "the end of the questions"
end
