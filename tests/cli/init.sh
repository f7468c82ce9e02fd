#!/usr/bin/env bash
# aml-init: sizes, classes, seeds and facts.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"

# ---- seeds ----
run aml-init --size 20 a.npz
exits 0 "a file"
stderr_is_empty "a file"
check "nothing on standard output" test ! -s "$out"
run aml-init --size 20
same a.npz "$out" "standard output is the default, and the seed 0"
run aml-init --size 20 -
same a.npz "$out" "- is standard output"
aml-init --size 20 -s 1 b.npz
check "another seed, other weights" test "$(fact a.npz weights)" != "$(fact b.npz weights)"
aml-init --size 20 -s 18446744073709551615 c.npz
check "the largest seed is another one" test "$(fact c.npz weights)" != "$(fact b.npz weights)"
run aml-init -s -1 x.npz
wrong_usage "a whole number from 0 to 2^64-1" "a negative seed"
run aml-init -s 18446744073709551616 x.npz
wrong_usage "a whole number from 0 to 2^64-1" "a seed of 65 bits"

# ---- facts ----
check "facts: the tool" test "$(fact a.npz tool)" = aml-init
check "facts: the size" test "$(fact a.npz size)" = 20
check "facts: the seed" test "$(fact b.npz seed)" = 1
check "facts: 15 classes have their names" grep -qaF '"classes": ["BAS", "EBO", "EOS",' a.npz
aml-init --size 20 --classes 5 five.npz
check "facts: other counts have none" test -z "$(facts five.npz | grep -F classes)"
aml-init --size 20 --classes NGS,BAS codes.npz
check "facts: the order of --classes" grep -qaF '"classes": ["NGS", "BAS"]' codes.npz

# ---- sizes: dense1 has a quarter of a quarter of the pixels, times 64 filters ----
for size in 10 20 33 98 101; do
	side=$((((size - 2) / 2 - 2) / 2)) rows=$((side * side * 64))
	aml-init --size $size --classes 2 size.npz
	check "size $size: $rows rows" grep -qaF "'shape': ($rows, 512)" size.npz
done
check "two classes" grep -qaF "'shape': (512, 2)" size.npz

# ---- what it refuses ----
run aml-init --size 9 x.npz
wrong_usage "--size takes PIXELS from 10" "nine pixels"
run aml-init a b
wrong_usage "extra operand 'b'" "two outputs"
run aml-init --classes 0 x.npz
wrong_usage "--classes takes 1 to 256 classes" "no classes"
run aml-init --classes 257 x.npz
wrong_usage "--classes takes 1 to 256 classes" "too many classes"
run aml-init --classes BAS,BAS x.npz
wrong_usage "--classes: class code 'BAS' occurs twice" "a class twice"
run aml-init --classes BAS,,EOS x.npz
wrong_usage "--classes: class 1 has an empty code" "an empty code"
run aml-init --classes -3 x.npz
wrong_usage "--classes takes 1 to 256 classes" "a negative number of classes"
run aml-init --classes 99999999999999999999 x.npz
wrong_usage "--classes takes 1 to 256 classes" "a number beyond all"
run aml-init --classes '' x.npz
wrong_usage "--classes: class 0 has an empty code" "an empty list"
run aml-init --size 4096 x.npz
fails_with "2^31" "more weights than can be numbered"
check "nothing is left" test ! -e x.npz
end
