#!/usr/bin/env bash
# aml-eval: the JSON, the table, the predictions, and that they agree with one another.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"

# value KEY FILE: a number of the JSON
value() { sed -n "s/^  \"$1\": \([^,]*\),*$/\1/p" "$2"; }
# shellcheck disable=SC2317            # called by check
# near A B: equal to nine digits, as the predictions are rounded
near() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && (a - b) ^ 2 <= (1e-7 * b) ^ 2) }'; }

run make_small
exits 0 "what the tests need"
aml-train -q -d data -b 8 -e 2 start.npz model.npz

# ---- JSON: to a file, to standard output ----
run aml-eval -q -d data model.npz all.json
exits 0 "to a file"
stderr_is_empty "-q"
check "nothing on standard output" test ! -s "$out"
run aml-eval -q -d data --json model.npz
same all.json "$out" "--json writes the same to standard output"
run aml-eval -q -d data model.npz -
same all.json "$out" "so does -"
run aml-eval -q -d data --json - <model.npz
same all.json "$out" "the model from standard input"
check "keys, in order" test "$(sed -n 's/^  "\([a-z_]*\)": .*/\1/p' all.json | xargs)" = \
	"images loss accuracy training_loss training_accuracy test_loss test_accuracy classification_report"
check "images" test "$(value images all.json)" = 48
for j in 1 2 7; do
	aml-eval -q -d data -j $j -p j$j.tsv model.npz j$j.json
	same all.json j$j.json "-j $j: JSON"
	same j1.tsv j$j.tsv "-j $j: predictions"
done
AML_DATASET=data aml-eval -q model.npz env.json
same all.json env.json "AML_DATASET is the default of -d"

# ---- the sides of the split ----
# On OpenBLAS the last digits of a product depend on how many images are multiplied at once.
# shellcheck disable=SC2317            # called by check
alike() { if [ "${AML_ISA:-}" = blas ]; then near "$1" "$2"; else test "$1" = "$2"; fi; }
for side in train valid; do aml-eval -q -d data --split $side -p $side.tsv model.npz $side.json; done
check "43 for training" test "$(value images train.json)" = 43
check "5 for validation" test "$(value images valid.json)" = 5
check "together all" test "$(cat train.tsv valid.tsv | sort | uniq | wc -l)" -eq 49
check "training loss" alike "$(value training_loss all.json)" "$(value loss train.json)"
check "training accuracy" test "$(value training_accuracy all.json)" = "$(value accuracy train.json)"
check "test loss" alike "$(value test_loss all.json)" "$(value loss valid.json)"
check "test accuracy" test "$(value test_accuracy all.json)" = "$(value accuracy valid.json)"
check "nothing of the other side" test "$(value test_loss train.json)" = null
check "the loss of all is the mean" near "$(value loss all.json)" \
	"$(awk -v a="$(value loss train.json)" -v b="$(value loss valid.json)" 'BEGIN { printf "%.15g", (43 * a + 5 * b) / 48 }')"
aml-eval -q -d data --split valid --split-seed 1 -p other.tsv model.npz other.json
check "--split-seed chooses others" test "$(cut -f 1 other.tsv | sum)" != "$(cut -f 1 valid.tsv | sum)"

# ---- predictions ----
check "header" test "$(head -n 1 j1.tsv)" = $'id\ttrue\tpredicted\tBAS\tEOS\tLYT\tNGS'
check "in the order of the ids" sort -c <(column 1 j1.tsv)
awk -F '\t' '
	NR == 1 { for (i = 4; i <= NF; i++) code[i] = $i; next }
	{ best = 4; for (i = 5; i <= NF; i++) if ($i > $best) best = i; print code[best] }' j1.tsv >likeliest
check "the predicted class is the likeliest" test "$(column 3 j1.tsv)" = "$(cat likeliest)"
awk -F '\t' '
	NR == 1 { for (i = 4; i <= NF; i++) at[$i] = i; next }
	{ loss -= log($at[$2]); right += $2 == $3; n++ }
	END { printf "%.15g %.15g\n", loss / n, right / n }' j1.tsv >means
check "their mean loss" near "$(value loss all.json)" "$(cut -d ' ' -f 1 means)"
check "their accuracy" near "$(value accuracy all.json)" "$(cut -d ' ' -f 2 means)"
run aml-eval -q -d data -p - model.npz
same j1.tsv "$out" "-p - writes them to standard output"
run aml-confmat --counts j1.tsv
check "aml-confmat counts every image" test "$(awk -F '\t' 'NR > 1 { for (i = 2; i <= NF; i++) n += $i } END { print n }' "$out")" = 48
aml-eval -q -d data -p - model.npz | aml-confmat --report >report.txt
check "the report is aml-confmat's" test "$(value classification_report all.json)" = \
	"\"$(awk '{ printf "%s\\n", $0 }' report.txt)\""

# ---- the table ----
run aml-eval -d data model.npz
exits 0 "the table"
check "first what it was not trained with, then training and all" test "$(head -n 3 "$out" | awk '{ print $1, $2 }' | xargs)" = \
	"validation 5 training 43 all 48"
check "loss and accuracy to four digits" grep -q "^all .* loss $(printf %.4f "$(value loss all.json)")  accuracy" "$out"
check "what it was trained with" grep -qx "the model was trained with the training images of this dataset" "$out"
check "the report is of these" grep -qx "the 5 validation images:" "$out"
tail -n +8 "$out" >table
aml-eval -q -d data --split valid -p - model.npz 2>/dev/null | aml-confmat --report --classes all >valid.txt
same valid.txt table "as aml-confmat has it"
run aml-eval -d data --split train model.npz
check "of training images alone, the report is of all" test "$(head -n 2 "$out" | awk '{ print $1, $2 }' | xargs)" = \
	"all 43 training 43"
run aml-eval -d data model.npz
run aml-eval -d data -p - model.npz
check "it goes to standard error if predictions go to standard output" grep -q '^all ' "$err"

# sides: the first words of the table's lines
sides() { sed '/^$/,$d; s/ .*//' "$out" | xargs; }
run aml-eval -q -d data --split-seed 1 model.npz
check "another seed's split is none of the training" test "$(sides)" = "all the"
check "... and the seed is told" grep -q -- '--split-seed 0$' "$out"
run aml-eval -q -d data start.npz
check "an untrained model has no sides" test "$(sides)" = all
aml-train -q -d data -b 8 --split all start.npz whole.npz
run aml-eval -q -d data whole.npz
check "a model of all images has no sides" test "$(sides)" = "all the"
check "... and says so" grep -qx "the model was trained with all images of this dataset" "$out"
aml-fedavg -q -o mean.npz model.npz whole.npz
run aml-eval -q -d data mean.npz
check "a mean does not know" test "$(sides)" = all

# ---- other forms of the dataset ----
aml-downsample -q -s 20 --classes $SMALL_CLASSES --packed -o packed cells
run aml-eval -q -d packed --json model.npz
same all.json "$out" "packed images"
aml-downsample -q -s 20 --classes $SMALL_CLASSES -t u1 -o bytes cells
run aml-eval -q -d bytes --json model.npz
same all.json "$out" "images of bytes"
aml-partition -n 3 -S folds data folds >/dev/null
run aml-eval -q -d folds/partition1 --json model.npz
run aml-eval -q -d folds/partition1 model.npz
check "sides of the dataset's own split are told of any model" test "$(sides)" = "all training validation the"
check "... but it was trained by another" grep -q "of this dataset, by another split$" "$out"
aml-train -q -d folds/partition1 -b 8 start.npz fold.npz
run aml-eval -q -d folds/partition1 fold.npz
check "own split: trained with it" grep -q "with the training images of this dataset$" "$out"
run aml-eval -q -d data fold.npz
check "the same images without it" test "$(sides)" = "all the"
run aml-eval -q -d folds/partition1 --json model.npz
check "the dataset's own split goes before the seed's" test "$(value test_loss "$out")" != "$(value test_loss all.json)"

# ---- a network whose classes nobody named ----
aml-init --size 20 --classes 4 numbered.npz
run aml-eval -q -d data -p - numbered.npz
check "the dataset's codes" test "$(head -n 1 "$out")" = "$(head -n 1 j1.tsv)"

# ---- what it refuses ----
run aml-eval model.npz
wrong_usage "-d DATASET is required, or AML_DATASET in the environment" "no dataset"
run aml-eval -d data
wrong_usage "missing operand" "no model"
run aml-eval -d data -p - --json model.npz
wrong_usage "cannot both go to standard output" "two things to standard output"
run aml-eval -d data -p - model.npz -
wrong_usage "cannot both go to standard output" "the same, with -"
aml-init --size 20 --classes NGS,LYT,EOS,BAS order.npz
run aml-eval -q -d data order.npz x.json
fails_with "order.npz: its classes are NGS,LYT,EOS,BAS, those of data are BAS,EOS,LYT,NGS" "another order of the classes"
aml-init --size 24 --classes $SMALL_CLASSES large.npz
run aml-eval -q -d data large.npz x.json
fails_with "data: images are 20 x 20 x 4, large.npz takes 24 x 24 x 4" "another size"
cp -r data broken
first=$(find broken/data_singlets -name '*.npy' | sort | head -n 1)
echo >"$first"
run aml-eval -q -d broken --split all model.npz x.json
fails_with "$first" "an image that is none"
run aml-eval -q -d data -p nowhere/p.tsv model.npz x.json
fails_with "nowhere/p.tsv" "predictions that cannot be written"
check "nothing is left" test ! -e x.json
end
