#!/usr/bin/env bash
# What a beginner does wrong gets the next step in the same line: one thing in place of another, options with one
# dash or misspelt, an output without -o. And --help: one grammar, an example that works, where the manual is.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/ready.sh
. "$TESTS/ready.sh"

run make_ready
exits 0 "files to work on"
mkdir above && mv cells above && ln -s above/cells cells
cp -r cells "two words"
aml-partition -n 2 dataset clinics >/dev/null
aml-export -f savedmodel -o served model.npz
aml-export -f onnx -o model.onnx model.npz
aml-eval -q --json -d dataset model.npz >report.json
printf '\211HDF\r\n\032\n\0\0\0\0' >model.h5
printf 'PK\3\4\24\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\15\0\0\0metadata.json{"keras_version": "3.0' >model.keras
printf '\0\0\0\14jP  \r\n\207\n\0\0\0\24ftypjp2 ' >cell.jp2
cp "$DATA"/images/grey8.png cell.png
jpeg=$(find "$DATA/jpegs" -name '*.jpg' | sort | head -n 1)
find . | sort >../before

# hint TEXT COMMAND...: it fails with one line that ends in TEXT, and leaves nothing
hint() {
	local text=$1
	shift
	run "$@"
	fails_with "; it is $text" "$*: $text"
	check "'$*': its line ends there" grep -q -- "$(printf '%s' "$text" | sed 's/[][\.*^$]/\\&/g')\$" "$err"
	find . | sort >../after
	check "'$*' leaves nothing" cmp -s ../before ../after
}

# ---- in place of a dataset ----
for line in "aml-train model.npz out.npz" "aml-eval model.npz" "aml-report -m model.npz -o out.html predictions.tsv"; do
	# shellcheck disable=SC2086 # a line of words
	hint "a tree of images: aml-downsample -o DATASET cells" $line -d cells
done
hint "a tree of images: aml-downsample -o DATASET cells" aml-partition -n 2 cells out
hint "a tree of images: aml-downsample -o DATASET cells" aml-info cells
hint "a tree of images: aml-downsample -o DATASET 'two words'" aml-info "two words"
hint "a folder with a tree of images in it: aml-downsample -o DATASET above/cells" aml-info above
hint "a folder of images: aml-downsample makes a dataset of the folder above it" aml-info cells/BAS
hint "a folder of partitions: one of them is clinics/partition0" aml-train -d clinics model.npz out.npz
hint "an image: aml-downsample makes a dataset of TREE/CLASS/ID.tiff" aml-train -d cell.tiff model.npz out.npz
hint "a model (.npz), which goes without -d" aml-train -d model.npz model.npz out.npz

# ---- in place of a tree ----
hint "a folder with a tree of images in it: give above/cells" aml-downsample -o out above
hint "a folder of images: give the folder above it, whose folders are the classes" aml-downsample -o out cells/BAS
hint "a dataset already" aml-downsample -o out dataset
hint "an image, which becomes an array without -o" aml-downsample -o out cell.tiff

# ---- in place of a model ----
python="aml-weights(5) has two lines of Python that make a model of it"
for line in "aml-predict MODEL cell.tiff" "aml-train -d dataset MODEL out.npz" "aml-eval -d dataset MODEL" \
	"aml-fedavg -o out.npz a.npz MODEL" "aml-delta -p MODEL a.npz out.npz" "aml-explain -o out.png MODEL cell.tiff" \
	"aml-export -f onnx -o out.onnx MODEL" "aml-info MODEL" "aml-calibrate predictions.tsv MODEL out.npz"; do
	# shellcheck disable=SC2086 # a line of words
	hint "an HDF5 file, as Keras writes .h5: $python" ${line/MODEL/model.h5}
	# shellcheck disable=SC2086 # a line of words
	hint "a Keras file (.keras): $python" ${line/MODEL/model.keras}
done
check "the manual has them" grep -q 'keras.saving.load_model' "$TOP/man/aml-weights.5"
hint "a SavedModel: the model that it was exported from is wanted" aml-predict served cell.tiff
hint "an ONNX file: the model that it was exported from is wanted" aml-predict model.onnx cell.tiff
hint "a dataset, which goes with -d" aml-train -d dataset dataset out.npz
for picture in cell.tiff cell.png "$jpeg"; do
	hint "an image: the model comes first" aml-predict "$picture" model.npz
done

# ---- in place of an image ----
hint "a dataset: aml-eval -p predictions.tsv -d dataset MODEL" aml-predict model.npz dataset
hint "a tree of images: aml-downsample -o DATASET cells" aml-predict model.npz cells
hint "a tree of images: aml-downsample -o DATASET cells" aml-downsample cells
hint "a folder of images: give its files" aml-predict model.npz cells/BAS
hint "a model (.npz): the model comes first, then images" aml-predict model.npz model.npz
hint "an image of another format: convert it to PNG" aml-predict model.npz cell.jp2

# ---- in place of predictions and logs ----
for line in aml-confmat aml-score "aml-roc --class BAS" "aml-compare predictions.tsv" "aml-report -o out.html"; do
	# shellcheck disable=SC2086 # a line of words
	hint "a dataset: aml-eval -p predictions.tsv -d dataset MODEL" $line dataset
	# shellcheck disable=SC2086 # a line of words
	hint "a model (.npz): aml-eval -p predictions.tsv -d DATASET model.npz" $line model.npz
	# shellcheck disable=SC2086 # a line of words
	hint "a training log: aml-curve draws it" $line log.tsv
	# shellcheck disable=SC2086 # a line of words
	hint "an image" $line "$jpeg"
done
hint "JSON: aml-eval -p FILE.tsv writes predictions" aml-confmat report.json
hint "predictions: aml-confmat draws them, aml-train --log FILE.tsv writes a log" aml-curve predictions.tsv
hint "a model (.npz): aml-train --log FILE.tsv writes a log" aml-curve model.npz

# ---- where nothing is to be said ----
: >empty
mkdir nothing
for name in empty nothing missing; do
	run aml-info $name
	fails_with "$name: " "$name"
	check "$name: no hint" test "$(grep -c 'it is' "$err")" -eq 0
done
head -c 3000 model.npz >half.npz
run aml-predict half.npz cell.tiff
fails_with "half.npz: not an .npz archive, or cut off" "half a model"
check "a damaged model is not told to be one" test "$(grep -c 'it is' "$err")" -eq 0
mkfifo pipe
for bytes in model.h5 predictions.tsv; do
	cat "$bytes" >pipe &
	run aml-curve pipe
	fails_with "pipe: " "what a pipe brings is not asked for twice: $bytes"
	wait
done

# ---- counts ----
aml-init --size 20 init.npz
run aml-fedavg -o out.npz init.npz
fails_with "init.npz-metadata; --equal or -w W1,W2,... goes without counts" "models without counts"

# ---- an output without -o ----
for line in "aml-confmat predictions.tsv out.svg" "aml-curve out.svg log.tsv" "aml-fedavg out.npz a.npz b.npz" \
	"aml-score predictions.tsv out.svg" "aml-roc --class BAS predictions.tsv out.svg" "aml-downsample cells out.svg"; do
	# shellcheck disable=SC2086 # a line of words
	run $line
	fails_with "No such file or directory; what is written is named by -o " "$line"
	check "'$line' names it" grep -q ': out\.[a-z]*: No such' "$err"
done
run aml-export -f onnx model.npz out.onnx
wrong_usage "extra operand 'out.onnx'; what is written is named by -o OUT" "aml-export with two operands"
run aml-confmat missing.tsv
fails_with "missing.tsv: No such file or directory" "one input that is not there"
check "which was no output" test "$(grep -c 'named by' "$err")" -eq 0

# ---- options ----
run aml-eval -d dataset -predictions model.npz
wrong_usage "'-predictions' has one dash (did you mean --predictions?)" "a long option with one dash"
check "no file 'redictions'" test ! -e redictions
run aml-eval -d dataset -predicitons out.tsv model.npz
wrong_usage "'-predicitons' has one dash (did you mean --predictions?)" "and misspelt"
run aml-train -d dataset --epoches 3 model.npz out.npz
wrong_usage "unknown option '--epoches' (did you mean --epochs?)" "a misspelt option"
for tool in "$BIN"/aml-*; do
	name=${tool##*/}
	while read -r option; do
		run "$name" "-$option"
		wrong_usage "'-$option' has one dash (did you mean --" "$name -$option"
	done < <("$name" --help | sed -nE 's/^ +(-., )?--([a-z0-9-]+).*/\2/p')
done
check "nothing was written" test "$(find . -newer pipe ! -name . ! -name init.npz | wc -l)" -eq 0

# ---- --help ----
mkdir ../ready
cp -r dataset model.npz cell.tiff predictions.tsv log.tsv ../ready
cp -rL cells ../ready
for name in seed global clinic0; do cp a.npz ../ready/$name.npz; done
cp b.npz ../ready/clinic1.npz
for name in old new; do cp predictions.tsv ../ready/$name.tsv; done
for tool in "$BIN"/aml-*; do
	name=${tool##*/}
	"$name" --help >../help
	command="$name --help"
	check "$name: the usage begins with the name and [OPTION]..." \
		test "$(grep -cE "^(usage|   or): $name \\[OPTION\\]\\.\\.\\.( |\$)" ../help)" -eq "$(grep -cE '^(usage|   or):' ../help)"
	while read -r option; do
		check "$name: the usage has $option, which is required" grep -qE "^usage: .* ${option}[ =]" ../help
	done < <(sed -nE 's/^ +(-.|--[a-z-]+).*\(required\)$/\1/p' ../help)
	check "$name: where the manual is" grep -qxF "manual:  man $name (before make install: man ./man/$name.1)" ../help
	example=$(sed -n 's/^example: //p' ../help)
	check "$name: an example of it" test "${example%% *}" = "$name"
	cd .. && rm -rf example && cp -r ready example && cd example || exit 1
	[ "$name" != aml-downsample ] || rm -r dataset
	if [ "$name" = aml-serve ]; then
		$example 2>"$err" &
		for _ in {1..100}; do [ -S socket ] || sleep .1; done
		check "$example: listens" test -S socket
		kill $!
	else
		run bash -c "$example"
		exits 0 "$example"
	fi
	cd ../work || exit 1
done
wait 2>/dev/null

# ---- names of columns ----
run aml-predict --header model.npz cell.tiff
exits 0 "--header"
check "--header: the names, then the answer" test "$(head -n 1 "$out")" = "$(printf 'file\tclass\tprobability')"
sed 1d "$out" >../answer
run aml-predict model.npz cell.tiff
same ../answer "$out" "--header: the answers are the same"
run aml-predict --header -k 99 model.npz cell.tiff
check "a name for each column, no two the same" test \
	"$(head -n 1 "$out" | tr '\t' '\n' | sort -u | wc -l)" -eq "$(sed -n 2p "$out" | tr '\t' '\n' | wc -l)"
run aml-predict --header --json model.npz cell.tiff
wrong_usage "--header does not go with --json" "--header --json"
run aml-predict --help
stdout_has "file, class, probability"
end
