#!/usr/bin/env bash
# aml-explain: overlays and maps of pictures and arrays, classes, every engine, and what cannot be explained.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"

run make_small
exits 0 "what the tests need"
aml-train -q -d data -b 8 -e 2 start.npz model.npz
mapfile -t pictures < <(find cells -name '*.tiff' | sort)
picture=${pictures[0]}

# shape FILE.npy, and its numbers, one a line
shape() { head -c 128 "$1" | grep -a -o "{'descr.*}"; }
numbers() { od -A n -t f4 -v -w4 -j 128 "$1"; }
# all_of FILE.npy CONDITION: of each number, x
all_of() { numbers "$1" | awk "{ x = \$1 + 0 } !($2) { bad = 1 } END { exit bad || !NR }"; }
# far FILE.npy FILE.npy: the largest difference
far() { paste <(numbers "$1") <(numbers "$2") | awk '{ d = $1 - $2; d = d < 0 ? -d : d; m = d > m ? d : m } END { print m + 0 }'; }
# pixels PICTURE: as bytes, at their own size
pixels() { aml-downsample -s 120 -t u1 "$1" | tail -c $((120 * 120 * 4)); }

# ---- what comes out ----
run aml-explain -o map.npy model.npz "$picture"
exits 0 "a map"
check "a map: nothing on standard output" test ! -s "$out"
aml-predict model.npz "$picture" >answer
read -r _ class probability <answer
check "what is told: the class and the probability of aml-predict" test "$(cat "$err")" = \
	"explains $class, probability $probability; predicted is $class, $probability"
check "a map: of the picture's size, floats" test "$(shape map.npy)" = \
	"{'descr': '<f4', 'fortran_order': False, 'shape': (120, 120), }"
check "a map: from 0 to 1" all_of map.npy 'x >= 0 && x <= 1'
check "a map: from low to high" test "$(numbers map.npy | awk '$1 > .5' | wc -l)" -gt 0
run aml-explain -q -o map2.npy model.npz "$picture"
exits 0 "-q"
stderr_is_empty "-q"
same map.npy map2.npy "the same bytes again"
run aml-explain -q -o overlay.png model.npz "$picture"
exits 0 "an overlay"
check "an overlay: a PNG of the picture's size" test "$(od -A n -t u1 -j 16 -N 8 overlay.png | xargs)" = "0 0 0 120 0 0 0 120"
pixels "$picture" | od -A n -t u1 -v -w4 >under
pixels overlay.png | od -A n -t u1 -v -w4 >over
numbers map.npy | paste - under over >all
# pixels at which the map is 0, and how many of them are as in the picture; the same where it is high
where=$(awk '{ same = $2 == $6 && $3 == $7 && $4 == $8 }
	$1 == 0 { low++; low_same += same }
	$1 > .5 { high++; high_same += same }
	END { print low + 0, low_same + 0, high + 0, high_same + 0 }' all)
read -r low low_same high high_same <<<"$where"
check "an overlay: the picture where the map is 0: $where" test "$low" -gt 0 -a "$low" -eq "$low_same"
check "an overlay: other colours where it is high: $where" test "$high" -gt 0 -a "$high_same" -eq 0
run aml-explain -q -o wide.npy model.npz "$DATA/images/chunks.png"
check "a wide picture: height x width" test "$(shape wide.npy)" = \
	"{'descr': '<f4', 'fortran_order': False, 'shape': (11, 13), }"
run aml-explain -q -o wide.png model.npz "$DATA/images/chunks.png"
check "its overlay: width, height" test "$(od -A n -t u1 -j 16 -N 8 wide.png | xargs)" = "0 0 0 13 0 0 0 11"

# ---- arrays ----
id=$(basename "$picture" .tiff)
array=data/data_singlets/$id.npy
run aml-explain -q -o array.npy model.npz "$array"
exits 0 "an array"
check "an array: of its size" test "$(shape array.npy)" = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 20), }"
run aml-explain -q -o array.png model.npz "$array"
exits 0 "an array's overlay"
aml-downsample -q -s 20 -t u1 --classes $SMALL_CLASSES -o bytes cells
run aml-explain -q -o bytes.npy model.npz "bytes/data_singlets/$id.npy"
same array.npy bytes.npy "an array of bytes: the same"

# ---- classes ----
zero=
for class in ${SMALL_CLASSES//,/ }; do
	for p in "${pictures[@]:0:12}"; do
		aml-explain -q --class "$class" -o zero.npy model.npz "$p"
		if all_of zero.npy 'x == 0'; then
			zero=$p
			break 2
		fi
	done
done
check "a class that nothing in the picture speaks for" test -n "$zero"
run aml-explain -q --class "$class" -o zero.png model.npz "$zero"
exits 0 "its overlay"
check "its overlay is the picture" cmp -s <(pixels "$zero") <(pixels zero.png)
aml-predict -k 4 model.npz "$picture" >answer
read -r _ first top second next _ <answer
run aml-explain --class "$second" -o second.npy model.npz "$picture"
check "another class" test "$(cat "$err")" = "explains $second, probability $next; predicted is $first, $top"
check "another class: another map" test "$(far map.npy second.npy)" != 0
run aml-explain --class "$first" -o first.npy model.npz "$picture"
same first.npy map.npy "the predicted class by name"
run aml-explain --class XYZ -o none.npy model.npz "$picture"
fails_with "model.npz: has no class 'XYZ', but $SMALL_CLASSES" "no such class"
run aml-explain --class '' -o none.npy model.npz "$picture"
fails_with "model.npz: has no class ''" "a class without a name"
aml-init --size 20 --classes 3 numbered.npz
run aml-explain --class C2 -o numbered.npy numbered.npz "$picture"
exits 0 "classes that nobody named"

# ---- every engine ----
cp map.npy here.npy
for isa in $(isas); do
	AML_ISA=$isa run aml-explain -q -o there.npy model.npz "$picture"
	exits 0 "AML_ISA=$isa"
	difference=$(far here.npy there.npy)
	check "AML_ISA=$isa: the same map within 1e-4: $difference" awk "BEGIN { exit !($difference <= 1e-4) }"
done

# ---- names and streams ----
cp "$picture" 'two words.tiff'
run aml-explain -q -o 'two more.npy' model.npz 'two words.tiff'
same map.npy 'two more.npy' "names with spaces"
run_to streamed.npy aml-explain -q -f npy -o - model.npz "$picture"
same map.npy streamed.npy "to standard output"
run aml-explain -q -f npy -o map.png model.npz "$picture"
same map.npy map.png "--format, whatever the ending"
aml-explain -q -o piped.npy - "$picture" <model.npz
same map.npy piped.npy "the model from standard input"
aml-explain -q -o piped.npy model.npz - <"$picture"
same map.npy piped.npy "the image from standard input"
run aml-explain -o out.npy - - <model.npz
wrong_usage "only one of MODEL and IMAGE" "both from standard input"
run aml-explain -o out.gif model.npz "$picture"
wrong_usage "out.gif: ends in neither .png nor .npy" "an ending that says nothing"
run aml-explain -o - model.npz "$picture"
wrong_usage "ends in neither" "standard output without a format"
run aml-explain model.npz "$picture"
wrong_usage "-o FILE is required" "no output"

# ---- what cannot be explained ----
mkdir folder.tiff
: >empty.tiff
head -c 5000 "$picture" >half.tiff
find . | sort >../before
for bad in missing.tiff folder.tiff empty.tiff half.tiff model.npz; do
	run aml-explain -o bad.png model.npz $bad
	fails_with "$bad: " "image $bad"
done
run aml-explain -o bad.npy "$picture" "$picture"
fails_with "$picture: " "a picture for a model"
aml-init --size 24 --classes $SMALL_CLASSES ../large.npz
run aml-explain -o bad.npy ../large.npz "$array"
fails_with "is 20 x 20 x 4 of <f4, the network takes 24 x 24 x 4" "an array of another size"
for format in png npy; do
	run aml-explain -q -f $format -o /dev/full model.npz "$picture"
	fails_with "/dev/full: No space left on device" "a full disk, $format"
done
find . | sort >../after
same ../before ../after "they leave nothing"
mkfifo ../pipe
run heeds_int timeout --preserve-status -s INT 1 aml-explain -o bad.png model.npz ../pipe
check "SIGINT ends it while it waits for a picture, status $status" test "$status" -gt 128
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	rm -f got.npy
	eval "aml-explain -o got.npy model.npz '$picture' $closed" 2>/dev/null
	same got.npy map.npy "with $closed the map is whole"
done
command="aml-explain -q -f png -o - model.npz | true" status=0
{
	sleep .2
	aml-explain -q -f png -o - model.npz "$picture" 2>"$err" || echo $? >../status
} | true
status=$(cat ../status)
check "a closed pipe" test "$status" -eq 141 -o "$status" -eq 1
stderr_is_empty "a closed pipe"
end
