#!/bin/bash
# aml-info: weights, datasets, arrays, JSON, and the trail of a small federation.
. "${0%/*}/../lib.sh"

# A federation of two clients: two rounds' worth of files.
for code in BAS MON; do
	mkdir -p cells/$code
	for i in 1 2 3 4; do cp "$DATA/images/cmyk.tiff" cells/$code/$code$i.tiff; done
done
aml-downsample -q -s 10 -o data cells
aml-partition -q -n 2 data part >/dev/null
aml-init --size 10 seed.npz
aml-train -q -d part/partition0 seed.npz a.npz
aml-train -q -d part/partition1 seed.npz b.npz
aml-train -q -e 2 -d data b.npz c.npz
aml-train -q -e 0 -d data c.npz same.npz

run aml-info
wrong_usage "missing operand" "no operand"

# ---- one thing after the other ----
run aml-info a.npz
exits 0 "weights"
stderr_is_empty "weights"
check "first line" test "$(head -n 1 "$out")" = "a.npz: weights, 108879 numbers in 16 arrays"
digest=$(awk '$1 == "digest" { print $2 }' "$out")
check "the digest has 64 digits" test "${#digest}" -eq 64
check "the parent is the seed" \
	test "$(awk '$1 == "parents" { print $2 }' "$out")" = "$(aml-info seed.npz | awk '$1 == "digest" { print $2 }')"
check "16 arrays" test "$(grep -c '<f4   stored' "$out")" -eq 16
run aml-info part/partition0 data/labels.npy data/data_singlets/BAS1.npy
check "three things, blank lines between" test "$(grep -c ': ' "$out")" -eq 3 -a "$(grep -cx '' "$out")" -eq 5
stdout_has "dataset, 4 images"
stdout_has "labels of 8 images"
stdout_has "array, 10 x 10 x 4 of <f4, min "
run sh -c 'cat a.npz | aml-info -'
check "weights from a pipe" test "$(head -n 1 "$out")" = "standard input: weights, 108879 numbers in 16 arrays"
cp "$DATA/images/cmyk.tiff" cell.tiff
run sh -c 'aml-downsample -s 10 cell.tiff | aml-info -'
stdout_has "standard input: array, 10 x 10 x 4 of <f4"

# ---- images and labels ----
cp -r data other
cp data/data_singlets/BAS1.npy other/data_singlets/more.npy
run aml-info other
exits 0 "an image without a label"
stdout_has "1 without a label, which are not used"
rm other/data_singlets/BAS2.npy other/data_singlets/MON4.npy
run aml-info other
fails_after_output "other: 2 of 8 images are missing, the first is 'BAS2'" "labels without images"
ln -s /nowhere/classes.tsv other/classes.tsv
run aml-info other
fails_with "other/classes.tsv: No such file" "a link that leads nowhere"

# ---- JSON ----
run aml-info --json a.npz
check "one object" test "$(head -c 1 "$out")" = '{'
stdout_has '"kind": "weights"'
stdout_has "\"digest\": \"$digest\""
run aml-info --json a.npz data
check "an array of two" test "$(head -c 1 "$out")" = '[' -a "$(grep -c '"kind"' "$out")" -eq 2

aml-init --size 10 -s 18446744073709551615 largest.npz
run aml-info --json largest.npz
stdout_has '"seed": 18446744073709551615'
run aml-info largest.npz
stdout_has 18446744073709551615

# ---- damage ----
head -c 1000 a.npz >short.npz
run aml-info short.npz
fails_with "aml-info: short.npz: " "a short file"
run aml-info nowhere.npz short.npz data
exits 1 "two bad ones and a good one"
check "a line for each" test "$(wc -l <"$err")" -eq 2
stdout_has "data: dataset, 8 images"
run aml-info --json short.npz data
check "JSON of the good one" test "$(grep -c '"kind"' "$out")" -eq 1
mkdir -p unfinished/data_singlets tree/BAS
run aml-info unfinished
fails_with "unfinished: unfinished dataset: labels.npy is missing" "an unfinished dataset"
run aml-info tree
fails_with "tree: not a dataset, labels.npy is missing" "a tree of images"
sed 's/"seed": 0/"seed": 1/' a.npz >other-facts.npz
run aml-info other-facts.npz
exits 0 "other facts, the same digest"
# Byte 40,000 is in a kernel; its checksum no longer fits.
{ head -c 40000 a.npz; printf X; tail -c +40002 a.npz; } >flipped.npz
run aml-info flipped.npz
fails_with "flipped.npz: " "a flipped byte"
# The digest in the facts is another's.
LC_ALL=C sed "s/$digest/${digest%????}0000/" a.npz >altered.npz
run aml-info altered.npz
fails_after_output "altered.npz: altered" "another digest in the facts"
stdout_has "not the one in the facts: altered"
run sh -c 'aml-info a.npz >/dev/full'
fails_with "standard output: No space left" "a full disk behind stdout"

# ---- trail ----
column() { awk -v c="$1" 'NR > 1 { print $c }' "$out" | tr '\n' ' '; }
run aml-info --trail c.npz b.npz seed.npz a.npz data
exits 0 "a whole trail"
stderr_is_empty "a whole trail"
check "the order of steps" test "$(column 2)" = "seed.npz b.npz a.npz c.npz "
check "steps" test "$(column 1)" = "0 1 1 2 "
check "the parent of the last" test "$(tail -n 1 "$out" | awk '{ print $NF }')" = b.npz
check "its data by name" test "$(tail -n 1 "$out" | awk '{ print $6 }')" = data
run aml-info --trail seed.npz same.npz c.npz b.npz
exits 0 "a step that changed nothing"
check "is a copy of its parent" grep -q 'same.npz .* copy  *c.npz$' "$out"
run aml-info --trail seed.npz a.npz c.npz
exits 1 "a file is missing"
check "one line" test "$(wc -l <"$err")" -eq 1
stderr_has "aml-info: c.npz: its parent $(aml-info b.npz | awk '$1 == "digest" { print $2 }') is missing"
run aml-info --trail seed.npz altered.npz
exits 1 "an altered file"
stderr_has "altered.npz: altered: its digest is $digest, its facts say ${digest%????}0000"
run aml-info --trail seed.npz short.npz nowhere a.npz
exits 1 "damaged and missing files"
check "a line for each" test "$(wc -l <"$err")" -eq 2
check "the others are shown" test "$(grep -c 'aml-' "$out")" -eq 2
# bare FILE: without the comment that holds its facts
bare() {
	local comment
	comment=$(grep -a -o '{"tool".*}' "$1" | wc -c)
	head -c $(($(wc -c <"$1") - comment - 1)) "$1" && printf '\0\0'
}
bare a.npz >bare-a.npz
bare b.npz >bare-b.npz
aml-fedavg -q --equal -o mean.npz bare-a.npz bare-b.npz
run aml-info --trail mean.npz bare-a.npz b.npz seed.npz
exits 0 "parents without facts, one of which still has them elsewhere"
check "are found by their marks" grep -Eq "mean.npz .*(bare-a.npz,? b.npz|b.npz,? bare-a.npz)$" "$out"
run aml-info --trail mean.npz bare-a.npz
exits 1 "a parent without facts is missing"
stderr_has "mean.npz: its parent crc32:"
mkdir models
cp seed.npz a.npz b.npz c.npz models
run aml-info --trail models
exits 0 "a folder"
check "all files of it" test "$(column 2)" = "models/seed.npz models/a.npz models/b.npz models/c.npz "
mkdir -p rounds/0 rounds/1/north
cp seed.npz rounds/0 && cp a.npz rounds/1/north && ln -s .. rounds/1/loop
run aml-info --trail rounds
exits 0 "folders in a folder"
check "all files of them" test "$(column 2)" = "rounds/0/seed.npz rounds/1/north/a.npz "
run aml-info --trail --json models data
check "JSON" test "$(grep -c '"step"' "$out")" -eq 4 -a "$(head -c 1 "$out")" = '['
stdout_has '"dataset_file": "data"'
run aml-info --trail unfinished
exits 1 "a folder of nothing"
stderr_has "unfinished: neither a dataset nor a folder of .npz files"
end
