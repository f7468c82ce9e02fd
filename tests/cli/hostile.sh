#!/usr/bin/env bash
# Weights, labels and pictures of strangers: whatever they promise, a tool says so in one line and takes no more memory than twice the
# file and MOST_KB. The limit is set, not measured.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"
# shellcheck source=tests/hostile_files.sh
. "$TESTS/hostile_files.sh"

hostile_begin

make_small
cell=$(find cells -name '*.tiff' | head -n 1)
aml-eval -q -d data -p predictions.tsv start.npz scores.json

# all_refuse TEXT WEIGHTS [DELTA]: every tool that reads weights; DELTA: the text as a difference from good.npz
all_refuse() {
	refuses "$1" "$2" aml-info "$2"
	refuses "$1" "$2" aml-predict -j 1 "$2" "$cell"
	refuses "$1" "$2" aml-eval -j 1 -d data "$2"
	refuses "$1" "$2" aml-train -j 1 -q -d data "$2" OUT
	refuses "$1" "$2" aml-export -f onnx -o OUT "$2"
	refuses "$1" "$2" aml-explain -f png -o OUT "$2" "$cell"
	refuses "$1" "$2" aml-delta -p start.npz "$2" OUT
	refuses "${3:-$1}" "$2" aml-delta -x -p good.npz "$2" OUT
	refuses "$1" "$2" aml-fedavg -j 1 -q --equal -o OUT "$2"
	refuses "$1" "$2" aml-calibrate predictions.tsv "$2" OUT
	refuses "$1" "$2" aml-report -q -m "$2" -o OUT predictions.tsv
	refuses "$1" "$2" aml-serve --listen ./OUT -j 1 -m "$2"
}

# ---- weights: more than the shapes say, shapes that nothing fills ----
weights_of 4 2
zip_end good.npz
run aml-info good.npz
stdout_has "94 numbers in 16 arrays"
weights_of 4 2 0 $MUCH
zip_end longer.npz
all_refuse "bytes more than 3 x 3 x 4 x 1 of <f4" longer.npz
weights_of 1000000 125
zip_end zeros.npz
check "half a gigabyte is packed" test "$(stat -c %s zeros.npz)" -lt 1000000
refuses "no trained weights do" zeros.npz aml-info zeros.npz
for tool in "aml-predict -j 1 zeros.npz $cell" 'aml-eval -j 1 -d data zeros.npz' 'aml-export -f onnx -o OUT zeros.npz' \
	'aml-delta -p zeros.npz start.npz OUT' 'aml-fedavg -j 1 -q --equal -o OUT zeros.npz'; do
	# shellcheck disable=SC2086  # words
	refuses "no trained weights do" zeros.npz $tool
done
weights_of 4 2 0 0 8 '-1, 2'
zip_end negative.npz
all_refuse "the shape in the header is damaged" negative.npz
weights_of 4 2 0 0 8 '4611686018427387904, 8'
zip_end overflow.npz
all_refuse "too few for 4611686018427387904 x 8" overflow.npz

# ---- weights: few, of a network whose images need much ----
weights_of 1042441 1            # of images of 4092 x 4092
zip_end wide.npz
all_refuse "numbers between layers" wide.npz "expected 4 x 2"
weights_of 64516 1              # of 1022 x 1022: as large as goes with so few
zip_end most.npz
# OpenBLAS takes one or two buffers of 128 MiB.
MOST_KB=400000 run limited most.npz aml-predict -j 1 most.npz "$cell"
exits 0 "the largest images that so few weights may have"
MOST_KB=180000 run limited most.npz aml-predict -j 1 most.npz "$cell"
exits 1 "no room for the BLAS library, which would wait for it for ever"
stderr_has "out of memory"

# ---- archives ----
weights_of 4 2
head -c 51 directory >entry
for _ in {1..16}; do cat entry entry >twice && mv twice entry; done
mv entry directory
zip_end wrapped.npz 0           # 65,536 entries, counted in 16 bits
all_refuse "more than the 0 members that the archive's end counts" wrapped.npz
zip_end full.npz 65535
all_refuse "a zip64 archive" full.npz
head -c $((51 * 65534)) directory >most && mv most directory
zip_end shared.npz 65534
all_refuse "share bytes of the archive" shared.npz
zip_begin
zip_add ../0.npy < <(npy '<f4' '3,' && zeros 12)
zip_end up.npz
run limited up.npz aml-info up.npz
exits 0 "a member that is called ../0"
refuses 'expected 16' up.npz aml-eval -j 1 -d data up.npz
check "... is written nowhere" test ! -e ../0.npy
weights_of 4 2
zip_add 0.npy < <(npy '<f4' '3, 3, 4, 1' && zeros 144)
zip_end twice.npz
refuses "holds 17 arrays, expected 16" twice.npz aml-eval -j 1 -d data twice.npz
weights_of 4 2
{ printf 'PK\001\002' && tail -c +5 directory | head -c 12 && printf '\0\0\0\0' && tail -c +21 directory; } >changed
mv changed directory
zip_end crc.npz
all_refuse "CRC-32" crc.npz
truncate -s 100G sparse.npz
refuses "larger than" start.npz aml-eval -d data sparse.npz

# ---- what is no file ----
mkdir folder
mkfifo pipe
for weights in /dev/zero folder pipe; do
	case $weights in
	/dev/zero) text="a device, expected a file" ;;
	folder) text="Is a directory" ;;
	pipe) text="a pipe that nobody writes to" ;;
	esac
	refuses "$text" start.npz aml-eval -d data $weights
	refuses "$text" start.npz aml-predict start.npz $weights
	refuses "$text" start.npz aml-score $weights
done
refuses "a device, expected a file" start.npz aml-confmat --counts /dev/zero
run bash -c 'aml-info <(cat start.npz)'
exits 0 "a pipe of the shell"
(ulimit -v $MOST_KB && head -c $MUCH /dev/zero | tr '\0' x | timeout 100 aml-predict start.npz - >"$out" 2>"$err")
check "names: a line without end" one_line "File name too long"

# ---- labels ----
# labels_of: stdin is the pickle of data's labels
labels_of() {
	cp -r data hostile
	{ npy '|O' '' && cat; } >labels && mv labels hostile/labels.npy
}
# shellcheck disable=SC2317  # reached through $kind
nested() { printf '\200\002' && zeros 1000000 | tr '\0' ']' && printf .; }
# shellcheck disable=SC2317
doubled() {
	printf '\200\002]q\000'
	for _ in {1..60}; do printf '](h\000h\000eq\000'; done
	printf .
}
for kind in nested doubled; do
	labels_of < <($kind)
	for tool in aml-info 'aml-eval -j 1 start.npz -d' 'aml-train -q -j 1 start.npz OUT -d'; do
		# shellcheck disable=SC2086  # words
		refuses "hostile/labels.npy: " hostile/labels.npy $tool hostile
	done
	refuses "hostile/labels.npy: " hostile/labels.npy aml-partition -n 2 hostile OUT
	refuses "hostile/labels.npy: " hostile/labels.npy aml-report -q -d hostile -o OUT predictions.tsv
	rm -r hostile
done

# ---- pictures ----
{ printf 'II*\0' && le 4 8 && le 2 0 && le 4 8; } >loop.tiff
# tiff WIDTH HEIGHT: of one strip that is a row, and holds nothing
tiff() {
	local tag
	printf 'II*\0' && le 4 8 && le 2 8
	for tag in "256 4 $1" "257 4 $2" "258 3 8" "259 3 1" "262 3 1" "273 4 200" "278 4 1" "279 4 $1"; do
		# shellcheck disable=SC2086  # words
		set -- $tag "$@"
		le 2 "$1" && le 2 "$2" && le 4 1 && le 4 "$3"
		shift 3
	done
	le 4 0
	zeros 200
}
tiff 16 2147483648 >strips.tiff
tiff 2147483647 2147483647 >wide.tiff
# png WIDTH: the beginning of a picture of so many rows and columns
png() {
	{ printf IHDR && be 4 "$1" && be 4 "$1" && printf '\10\2\0\0\0'; } >header
	printf '\211PNG\r\n\032\n' && be 4 13 && cat header
	be 4 "0x$(gzip -nc header | tail -c 8 | od -A n -t x4 --endian=little -N 4 | tr -d ' ')"
}
{ png 40 && be 4 2147483647 && printf IDAT && zeros 100; } >chunk.png
{ png 2147483647 && be 4 10 && printf IDAT && zeros 100; } >wide.png
{ printf '\377\330\377\300' && be 2 17 && printf '\10' && be 2 65535 && be 2 65535 && printf '\3\1\21\0\2\21\0\3\21\0' &&
	printf '\377\332\0\14\3\1\0\2\0\3\0\0\77\0' && zeros 100; } >wide.jpg
for picture in loop.tiff strips.tiff wide.tiff chunk.png wide.png wide.jpg; do
	refuses "$picture: " "$picture" aml-predict -j 1 start.npz "$picture"
	refuses "$picture: " "$picture" aml-downsample -s 20 -o OUT "$picture"
	refuses "$picture: " "$picture" aml-explain -f png -o OUT start.npz "$picture"
	# shellcheck disable=SC2094  # both read
	GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST PATH_INFO=/cells CONTENT_LENGTH=$(stat -c %s "$picture") run limited "$picture" \
		aml-serve --log log -m m=start.npz <"$picture"
	exits 0 "aml-serve answers $picture"
	check "... with an error" grep -q '^Status: 4' "$out"
done

# ---- text: a line without end ----
zeros 100000000 | tr '\0' x >line
for tool in aml-score aml-confmat 'aml-roc --class BAS' aml-curve 'aml-compare line' 'aml-confmat --counts'; do
	# shellcheck disable=SC2086  # words
	refuses "longer than" good.npz $tool line
done
refuses "longer than" good.npz aml-calibrate line start.npz OUT
end
