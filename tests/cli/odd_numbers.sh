#!/usr/bin/env bash
# NaN and infinity in weights, and pixels that are none: refused by every tool, which names file, array and place.
. "${0%/*}/../lib.sh"
. "$TESTS/small.sh"

make_small
aml-train -q -e 1 -b 4 -d data start.npz good.npz
image=$(find cells -name '*.tiff' | sort | head -n 1)

# data_at FILE ARRAY: where its numbers begin in the file, which stores its members in order
data_at() { grep -a -b -o "NUMPY" "$1" | sed -n "$(($2 + 1))p" | cut -d : -f 1; }

# spoil ARRAY ENTRY BYTES: good.npz with this number, as bad.npz; checksums are left as they were
spoil() {
	local at header
	cp good.npz bad.npz
	at=$(($(data_at good.npz "$1") - 1))
	header=$(od -A n -t u2 -j $((at + 8)) -N 2 good.npz)
	printf '%b' "$3" | dd of=bad.npz bs=1 seek=$((at + 10 + header + 4 * $2)) conv=notrunc 2>/dev/null
}

# Of dense1 (array 8) a number in the first row and one far behind, in others the first.
for place in 0/0 1/0 2/0 3/0 4/0 5/0 6/0 7/0 8/0 8/290000 9/0 10/0 11/0 12/0 13/0 14/0 15/0; do
	array=${place%/*} entry=${place#*/}
	spoil "$array" "$entry" '\0000\0000\0300\0177'
	run aml-predict bad.npz "$image"
	fails_with "bad.npz: array $array: entry $entry" "aml-predict: NaN in array $array, entry $entry"
done
spoil 8 5 '\0000\0000\0200\0377'
run aml-predict bad.npz "$image" "$image"
fails_with "bad.npz: array 8: entry 5 is -inf" "infinity, two images"
run aml-predict bad.npz - < <(find cells -name '*.tiff')
fails_with "bad.npz: array 8: entry 5 is -inf" "infinity, many images"
AML_ISA=blas run aml-predict bad.npz "$image"
fails_with "bad.npz: array 8: entry 5 is -inf" "infinity, layer by layer"
for tool in "aml-eval -q -d data bad.npz" "aml-train -q -d data bad.npz out.npz" "aml-fedavg --equal -o out.npz bad.npz" \
	"aml-delta -p start.npz bad.npz out.npz" "aml-explain -q -o out.npy bad.npz $image" "aml-export -f onnx -o out.onnx bad.npz"; do
	run $tool
	fails_with "bad.npz: array 8: " "${tool%% *} refuses it"
done
check "nothing was written" test -z "$(find . -name 'out.*')"

# Finite weights whose products overflow: a rate that suits no model makes them.
aml-fedavg -q --equal --previous start.npz --server-opt adam --server-rate 1000000 --state state -o huge.npz good.npz
run aml-info huge.npz
exits 0 "weights of a million"
run aml-predict huge.npz "$image"
fails_with "$image: the outputs of huge.npz are not finite" "aml-predict: outputs that are no numbers"
run aml-predict --json huge.npz "$image" "$image"
check "each of two is told" test "$status" -eq 1 -a ! -s "$out" -a "$(wc -l <"$err")" -eq 2
run aml-eval -q -d data huge.npz
fails_with "the network's outputs are not finite" "aml-eval: outputs that are no numbers"
run aml-eval -q -d data -p predictions.tsv huge.npz
fails_with "the network's outputs are not finite" "aml-eval -p: outputs that are no numbers"
check "no predictions are written" test ! -e predictions.tsv

# pixels
aml-downsample -s 20 "$image" >image.npy
run aml-predict good.npz image.npy
exits 0 "an array of pixels"
cat image.npy image.npy >two.npy
run aml-predict good.npz two.npy
fails_with "two.npy: holds 6528 bytes more than 20 x 20 x 4 of <f4" "two arrays in one file"
header=$(od -A n -t u2 -j 8 -N 2 image.npy)
# pixel ENTRY BYTES FILE
pixel() { printf '%b' "$2" | dd of="$3" bs=1 seek=$((10 + header + 4 * $1)) conv=notrunc 2>/dev/null; }
for value in '\0000\0000\0300\0177:nan' '\0000\0000\0177\0103:255' '\0000\0000\0000\0277:-0.5'; do
	cp image.npy odd.npy
	pixel 7 "${value%%:*}" odd.npy
	run aml-predict good.npz odd.npy
	fails_with "odd.npy: number 7 is ${value#*:}" "a pixel of ${value#*:}"
	run aml-explain -o out.npy good.npz odd.npy
	fails_with "odd.npy: number 7 is ${value#*:}" "aml-explain: a pixel of ${value#*:}"
done
id=$(basename "$(find data/data_singlets -name '*.npy' | sort | head -n 1)")
rm "data/data_singlets/$id"
cp image.npy "data/data_singlets/$id"
pixel 9 '\0000\0000\0177\0103' "data/data_singlets/$id"
for tool in "aml-eval -q -d data good.npz" "aml-train -q -d data --split all good.npz out.npz"; do
	run $tool
	fails_with "$id: number 9 of image ${id%.npy} is 255" "${tool%% *}: a dataset of floats to 255"
done
end
