#!/usr/bin/env bash
# Models that do not tell their image size: 50 to 53 pixels have the same shapes.
. "${0%/*}/../lib.sh"
. "$TESTS/small.sh"

# size_of MODEL: as aml-info tells it
size_of() { aml-info --json "$1" | sed -n 's/^ *"size": \([0-9]*\),$/\1/p' | head -n 1; }
is_known() { check "$3" test "$(aml-info --json "$1" | sed -n 's/^ *"size_known": \(.*\),$/\1/p')" = "$2"; }

for class in BAS EOS; do
	mkdir -p "cells/$class"
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 6 | xargs -d '\n' cp -t "cells/$class"
done
for size in 50 51 54; do
	aml-downsample -q -s $size -o "cells$size" cells
	aml-init --size $size -s 1 "told$size.npz"
done
aml-init --size 50 -s 2 other50.npz
without_facts told50.npz open.npz
without_facts other50.npz open2.npz

# ---- what it is called ----
run aml-info open.npz
exits 0 "weights without facts"
stdout_has "52 x 52 x 4, a guess"
is_known open.npz false "the size is a guess"
is_known told50.npz true "the size is told"
run aml-predict open.npz cells/BAS/*
exits 0 "they predict, images resized to 52"
check "the guess is told, once" one_line "open.npz: does not tell the size of its images: 52 is a guess, its arrays fit 50 to 53"
run aml-predict told50.npz cells/BAS/*
stderr_is_empty "a size that is told"
cell=$(find cells/BAS -name '*.tiff' | head -n 1)
run aml-explain -q -o map.png open.npz "$cell"
exits 0 "an explanation at a guessed size"
check "the explanation tells the guess" one_line "open.npz: does not tell the size of its images: 52 is a guess, its arrays fit 50 to 53"
run aml-explain -q -o map.png told50.npz "$cell"
stderr_is_empty "an explanation at a size that is told"
for format in onnx savedmodel; do
	run aml-export -f $format -o exported open.npz
	exits 0 "$format of a guessed size"
	check "$format: the guess is told" one_line "open.npz: does not tell the size of its images: 52 is a guess"
	rm -r exported
done
run aml-export -f onnx -o exported told50.npz
stderr_is_empty "ONNX of a size that is told"

# ---- a dataset tells the size ----
run aml-train -q -d cells50 -b 4 open.npz trained.npz
exits 0 "training at 50 pixels goes on after the facts are lost"
check "its size is written" test "$(size_of trained.npz)" = 50
run aml-train -q -d cells50 -b 4 told50.npz same.npz
check "as where it was told" test "$(aml-info --json trained.npz | grep '"digest"')" = \
	"$(aml-info --json same.npz | grep '"digest"')"
run aml-eval -q -d cells51 open.npz
exits 0 "evaluation at 51 pixels"
run aml-eval -q -d cells54 open.npz
fails_with "images are 54 x 54 x 4, open.npz takes 50 x 50 x 4 to 53 x 53 x 4" "a size that does not fit"
run aml-eval -q -d cells51 trained.npz
fails_with "images are 51 x 51 x 4, trained.npz takes 50 x 50 x 4" "a size other than the one that is told"

# ---- averages: the order does not matter, a guess is not written ----
run aml-fedavg --equal -o mean.npz open.npz open2.npz
exits 0 "two models that do not tell"
is_known mean.npz false "nor does their mean"
for files in "told50.npz open2.npz" "open2.npz told50.npz"; do
	# shellcheck disable=SC2086 # a list of names
	run aml-fedavg --equal -o mean.npz $files
	exits 0 "one tells: $files"
	check "and so does the mean: $files" test "$(size_of mean.npz)" = 50
done
run aml-fedavg --equal -q --previous told51.npz -o mean.npz open.npz open2.npz
exits 0 "the previous model tells"
check "and so does the mean" test "$(size_of mean.npz)" = 51
for files in "other50.npz told51.npz open.npz" "told51.npz open.npz other50.npz" "open.npz other50.npz told51.npz"; do
	# shellcheck disable=SC2086 # a list of names
	run aml-fedavg --equal -o mean.npz $files
	fails_with "made for images of size 5" "two sizes are told: $files"
done
aml-train -q -d cells50 -b 4 open2.npz from50.npz
aml-train -q -d cells51 -b 4 open2.npz from51.npz
for files in "from50.npz from51.npz" "from51.npz from50.npz"; do
	# shellcheck disable=SC2086 # a list of names
	run aml-fedavg --equal -q --previous open2.npz -o mean.npz $files
	fails_with "made for images of size 5" "two sizes are told, the previous model tells none: $files"
done
run aml-fedavg --equal -q --previous told51.npz -o mean.npz open.npz other50.npz
fails_with "other50.npz: made for images of size 50, expected 51" "the previous model tells another"

# ---- classes, which a previous model tells as it does the size ----
aml-init --size 50 -s 3 --classes EOS,BAS told.npz
for seed in 4 5; do
	aml-init --size 50 -s $seed --classes BAS,EOS "swapped$seed.npz"
	without_facts "swapped$seed.npz" "untold$seed.npz"
done
run aml-fedavg --equal -q --previous told.npz -o mean.npz swapped4.npz swapped5.npz
fails_with "swapped4.npz: its classes are BAS,EOS, those of the others EOS,BAS" "the previous model has another order"
run aml-fedavg --equal -q --previous told.npz -o mean.npz untold4.npz untold5.npz
exits 0 "only the previous model tells the classes"
run aml-info mean.npz
stdout_has "2, EOS,BAS"

# ---- differences ----
for parent in told50.npz open.npz; do
	run aml-delta -p "$parent" open2.npz small
	exits 0 "differences from $parent"
	run aml-delta -x -p "$parent" small back.npz
	exits 0 "and back"
	is_known back.npz false "the size is no more known than before"
done
run aml-delta -p open.npz other50.npz small
run aml-fedavg --equal -q --previous open.npz -o mean.npz small
exits 0 "differences that tell, from a model that does not"
check "and so does the mean" test "$(size_of mean.npz)" = 50
run aml-delta -p told51.npz other50.npz small
fails_with "another network" "differences between two sizes"
end
