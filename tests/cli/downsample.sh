#!/usr/bin/env bash
# aml-downsample: pictures against Pillow's, trees of all kinds, interruptions, damaged files.
. "${0%/*}/../lib.sh"

IMAGES=$DATA/images RESIZE=$DATA/resize

# ---- one picture ----
for name in rgba_opaque_400_blocks rgba_opaque_smooth_300; do
	run aml-downsample -t u1 "$RESIZE/$name.in.png"
	exits 0 "$name"
	same "$out" "$RESIZE/$name.out.npy" "$name: numpy's file of Pillow's pixels"
	run aml-downsample --type u1 - <"$RESIZE/$name.in.png"
	same "$out" "$RESIZE/$name.out.npy" "$name from standard input"
done
run aml-downsample -s 10 "$RESIZE/rgba_opaque_smooth_300.in.png"
same "$out" "$RESIZE/smooth_10_f4.npy" "floats as the tutorial makes them"
stderr_is_empty "one picture"
run aml-downsample -q -s 7 -f lanczos - < <(cat "$IMAGES/rgba_lzw.tiff")
exits 0 "a TIFF from a pipe"
check "its size" test "$(wc -c <"$out")" -eq $((128 + 7 * 7 * 4 * 4))

for ending in jpg JPEG; do
	mkdir -p "jpegs/$ending/BAS"
	cp "$DATA/jpegs/rgb_420.jpg" "jpegs/$ending/BAS/BAS_0001.$ending"
	run aml-downsample -q -s 9 -o "of.$ending" "jpegs/$ending"
	exits 0 "a tree of .$ending"
	run aml-downsample -s 9 - <"$DATA/jpegs/rgb_420.jpg"
	same "$out" "of.$ending/data_singlets/BAS_0001.npy" "the same picture, from standard input"
done

for file in "$IMAGES"/broken/* "$DATA"/jpegs/broken/*; do
	run aml-downsample "$file"
	fails_with "$file: " "refused with one line: ${file##*/}"
	check "nothing on stdout: ${file##*/}" test ! -s "$out"
done
run aml-downsample "$IMAGES/none.tiff"
fails_with "$IMAGES/none.tiff: No such file" "a file that is not there"
run aml-downsample "$IMAGES"
fails_with "$IMAGES: Is a directory" "a folder without -o"
run aml-downsample "$IMAGES" "$IMAGES"
wrong_usage "-o" "two pictures without -o"
run aml-downsample
wrong_usage "operand" "no operand"
run aml-downsample -f cubic a.tiff
wrong_usage "cubic" "no such filter"
run aml-downsample -s 0 a.tiff
wrong_usage "0" "size 0"

# ---- a tree ----
tree() {
	mkdir -p "$1/LYT" "$1/BAS" "$1/EOS"
	cp "$IMAGES/rgba_lzw.tiff" "$1/LYT/LYT_0001.tiff"
	cp "$IMAGES/rgb8.png" "$1/BAS/BAS 2.PNG"
	cp "$IMAGES/cmyk.tiff" "$1/BAS/BAS_0001.tif"
	cp "$IMAGES/grey16.tiff" "$1/EOS/EOS_0001.TIFF"
	cp "$IMAGES/jpeg_ycbcr.tiff" "$1/LYT/LYT_0002.tiff"
}
tree cells
touch cells/README.md cells/.hidden cells/LYT/.hidden
run aml-downsample -s 9 -j 1 -o one cells
exits 0 "a tree"
check "16-bit grey is clipped, and this is told" test "$(cat "$err")" = \
	"aml-downsample: cells/EOS/EOS_0001.TIFF: 16-bit grey above 255 becomes white, as Pillow has it"
check "a file an image" test "$(cd one/data_singlets && echo *)" = \
	"BAS 2.npy BAS_0001.npy EOS_0001.npy LYT_0001.npy LYT_0002.npy"
check "nothing else" test "$(cd one && find . -type f | grep -vc data_singlets)" -eq 1
run aml-downsample -s 9 cells/BAS/BAS_0001.tif
same "$out" one/data_singlets/BAS_0001.npy "an image of the tree, alone"

mkdir again && cp -r cells/LYT cells/EOS cells/BAS again
run aml-downsample -s 9 - <"$IMAGES/grey16.png"
exits 0 "16-bit grey from standard input"
stderr_has "aml-downsample: standard input: 16-bit grey above 255"
mkdir -p deep/BAS && for i in 1 2 3 4; do cp "$IMAGES/grey16.tiff" deep/BAS/$i.tiff; done
cp "$IMAGES/rgb8.png" deep/BAS/0.png
for jobs in 1 4; do
	run aml-downsample -s 9 -j "$jobs" -o "deep$jobs" deep
	exits 0 "four pictures of 16-bit grey, -j $jobs"
	check "the first is told of, once, -j $jobs" test "$(cut -d: -f2 "$err")" = " deep/BAS/1.tiff"
done
for jobs in 2 7; do
	run aml-downsample -s 9 -j "$jobs" -o "jobs$jobs" again
	check "-j $jobs, other order on disk: same bytes" diff -r one "jobs$jobs"
done
for isa in $(isas); do
	AML_ISA=$isa run aml-downsample -s 9 -j 1 -o "one-$isa" cells
	check "AML_ISA=$isa: same bytes" diff -r one "one-$isa"
done
mkdir -p half/BAS half/EOS && mv again/BAS/* half/BAS && rmdir again/BAS
run aml-downsample -s 9 -o two again half
check "two trees: same bytes" diff -r one two
mkdir links && ln -s "$PWD/cells/LYT" "$PWD/cells/EOS" links && mkdir links/BAS && ln -s "$PWD"/cells/BAS/* links/BAS
run aml-downsample -s 9 -o linked links
check "symbolic links: same bytes" diff -r one linked
for jobs in 1 7; do
	run aml-downsample -s 9 --packed -t u1 -j "$jobs" -o "packed$jobs" cells
	exits 0 "packed, -j $jobs"
done
check "packed: -j 1 and 7: same bytes" diff -r packed1 packed7
check "packed: its files" test "$(echo packed1/*)" = "packed1/ids.npy packed1/images.npy packed1/labels.npy"
run aml-downsample -s 9 -t u1 cells/LYT/LYT_0002.tiff
check "packed: the last row is the last picture" cmp -s <(tail -c +129 "$out") <(tail -c $((9 * 9 * 4)) packed1/images.npy)

# ---- classes ----
mkdir cells/TYPO cells/Misc
run aml-downsample -s 9 -o typo cells
fails_with "Misc TYPO" "folders that are no class are all named"
check "and nothing is written" test ! -e typo
run aml-downsample -s 9 --classes EOS,LYT -o chosen cells
exits 0 "classes chosen"
check "what is left out is said" test "$(grep -v '16-bit grey' "$err")" = "left out: BAS Misc TYPO"
check "it is left out" test "$(cd chosen/data_singlets && echo *)" = "EOS_0001.npy LYT_0001.npy LYT_0002.npy"
check "classes.tsv" grep -q "^1	LYT" chosen/classes.tsv
run aml-downsample --classes LYT,LYT -o twice cells
wrong_usage "--classes: class code 'LYT' occurs twice" "a class twice"
run aml-downsample --classes EOS,,LYT -o twice cells
wrong_usage "--classes: class 1 has an empty code" "an empty code"
rmdir cells/TYPO cells/Misc
run aml-downsample -o none cells/BAS
fails_with "cells/BAS: holds no class folders" "a class folder instead of a tree"
mkdir -p bare/BAS
run aml-downsample -o none bare
fails_with "no pictures" "a tree without pictures"
run aml-downsample -o none cells/BAS/BAS_0001.tif
fails_with "cells/BAS/BAS_0001.tif: Not a directory" "a picture instead of a tree"
run aml-downsample -o none nowhere
fails_with "nowhere: No such file" "a tree that is not there"

tree loose
cp loose/BAS/BAS_0001.tif* loose/one.TIF
echo text >loose/README
run aml-downsample -s 9 -o none loose
fails_with "loose/one.TIF: a picture in no class folder" "a picture beside the class folders"
run aml-downsample -k -s 9 -o loose9 loose
exits 1 "-k"
check "-k: the others are there" test "$(find loose9/data_singlets -type f | wc -l)" -eq 5

# ---- ids ----
tree twins
cp twins/LYT/LYT_0001.tiff twins/LYT/LYT_0001.tif
run aml-downsample -o none twins
fails_with "twins/LYT/LYT_0001.tif and twins/LYT/LYT_0001.tiff: the same id" "an id twice"
run aml-downsample -k -o none cells half
fails_with "the same id" "an id in two trees, -k does not help"

# ---- files that are no pictures ----
tree mixed
cp "$IMAGES/broken/cut_lzw.tiff" mixed/EOS/EOS_0002.tiff
cp "$IMAGES/broken/noise_deflate.tiff" mixed/EOS/EOS_0003.tiff
for jobs in 1 7; do
	run aml-downsample -s 9 -j "$jobs" -o mixed1 mixed
	fails_with "mixed/EOS/EOS_0002.tiff: damaged TIFF" "-j $jobs: the first damaged picture stops it"
done
check "unfinished: no labels" test ! -e mixed1/labels.npy
stat -c %i mixed1/data_singlets/BAS_0001.npy >before
run aml-downsample -s 10 -o mixed1 mixed
fails_with "mixed1: " "an unfinished dataset of another size"
run aml-downsample -k -s 9 -o mixed1 mixed
exits 1 "-k"
check "-k reports each" test "$(grep -c '^aml-downsample: mixed/EOS/EOS_000[23].tiff: damaged TIFF' "$err")" -eq 2
check "-k: and nothing else" test "$(wc -l <"$err")" -eq 2
check "-k writes the rest" diff -r one mixed1
stat -c %i mixed1/data_singlets/BAS_0001.npy >after
check "what was finished is kept" cmp before after
run aml-downsample -k -s 10 -o mixed1 mixed
fails_with "mixed1: holds a finished dataset already" "a finished dataset of another size is not overwritten"
run aml-downsample -s 9 -f box -o mixed1 cells
check "nor one of another filter" one_line "mixed1: holds a finished dataset already, with another '"
check "it stays" diff -r one mixed1
run aml-downsample -k -s 9 -o mixed1 mixed
exits 1 "the same again, -k"
check "and is as it was" diff -r one mixed1

# ---- the same command again, wherever it was killed ----
for form in "" --packed; do
	run aml-downsample -s 9 $form -o whole cells
	run aml-downsample -s 9 $form -o whole cells
	exits 0 "finished already $form"
	check "and told so $form" grep -qxF "whole: was finished already" "$err"
	cp -r whole killed
	echo "size 9, filter bicubic, type f4" >killed/.unfinished
	run aml-downsample -q -s 9 $form -o killed cells
	exits 0 "killed after labels.npy $form"
	check "all is as it was $form" diff -r whole killed
	rm -r killed
	mkdir killed
	echo "size 9" >killed/..unfinished.aml-aB3dE6
	run aml-downsample -q -s 9 $form -o killed cells
	exits 0 "killed at the very start $form"
	check "the same $form" diff -r whole killed
	rm -r killed/labels.npy whole
	mv killed whole
	echo mine >whole/..unfinished.backup
	run aml-downsample -q -s 9 $form -o whole cells
	fails_with "whole: the folder is not empty" "files of others are no leftovers $form"
	rm -r whole
done
for form in "" --packed; do
	run aml-downsample -s 9 $form -o changed mixed
	fails_with "mixed/EOS/EOS_0002.tiff: damaged TIFF" "an unfinished dataset $form"
	cp mixed/BAS/BAS_0001.tif kept.tif && cp mixed/LYT/LYT_0002.tiff mixed/BAS/BAS_0001.tif
	run aml-downsample -k -s 9 $form -o changed mixed
	run aml-downsample -k -s 9 $form -o afresh mixed
	check "a picture that changed meanwhile is made again $form" diff -r afresh changed
	mv kept.tif mixed/BAS/BAS_0001.tif
	rm -r changed afresh
done
run aml-downsample -k -s 9 --packed -o mixedp mixed
exits 1 "-k, packed"
run aml-downsample -s 9 --packed -o onep cells
check "-k, packed: as if they had never been there" diff -r onep mixedp
rm mixed/EOS/EOS_000[23].tiff
echo text >mixed/EOS/notes.txt
run aml-downsample -s 9 -o notes mixed
fails_with "mixed/EOS/notes.txt: not a picture" "another file in a class folder"
check "nothing is written" test ! -e notes
run aml-downsample -k -s 9 -o notes mixed
exits 1 "another file, -k"
stderr_has "mixed/EOS/notes.txt: not a picture"
check "the rest is there" diff -r one notes
rm mixed/EOS/notes.txt

# what other systems leave
mkdir mixed/__MACOSX mixed/EOS/@eaDir mixed/EOS/__macosx 'mixed/System Volume Information' mixed/lost+found
touch mixed/EOS/{Thumbs.db,THUMBS.DB,desktop.ini,._EOS_0001.tiff,.DS_Store} mixed/EOS/Icon$'\r'
run aml-downsample -s 9 -o leftovers mixed
exits 0 "leftovers of other systems"
check "they are passed over" diff -r one leftovers
mkdir mixed/EOS/more
run aml-downsample -s 9 -o folder mixed
fails_with "mixed/EOS/more: a folder in a class folder" "a folder in a class folder is called one"
rmdir mixed/EOS/more
latin1=mixed/EOS/$'\xe5.tiff'
cp mixed/EOS/EOS_0001.TIFF "$latin1"
run aml-downsample -s 9 -o latin1 mixed
fails_with "$latin1: id '"$'\xe5'"' is not UTF-8" "a name that cannot be an id"
check "nothing is written" test ! -e latin1
run aml-downsample -k -s 9 -o latin1 mixed
exits 1 "a name that cannot be an id, -k"
stderr_has "$latin1: id '"$'\xe5'"' is not UTF-8"
check "the rest is there" diff -r one latin1
rm "$latin1"
ln -s /nowhere/MYO mixed/MYO
run aml-downsample -s 9 -o dangling mixed
fails_with "mixed/MYO: No such file or directory" "a class folder on a disk that is not there"
check "nothing is written" test ! -e dangling
rm mixed/MYO
ln -s /nowhere/EOS_7.tiff mixed/EOS/EOS_0007.tiff
run aml-downsample -k -s 9 -o dangling mixed
fails_with "mixed/EOS/EOS_0007.tiff: No such file or directory" "-k: an image on a disk that is not there"
rm mixed/EOS/EOS_0007.tiff
run aml-downsample -k -s 9 -o dangling mixed
exits 0 "-k: when the disk is there again, the same command"
check "completes" diff -r one dangling
mkdir -p bad/BAS && cp "$IMAGES/broken/text.tiff" bad/BAS/BAS_1.tiff
run aml-downsample -k -o bad1 bad
exits 1 "-k, no good picture at all"
stderr_has "no picture could be read"
check "no dataset then" test ! -e bad1/labels.npy
mkdir -p few/BAS busy && cp "$(find mixed/BAS -type f | head -n 1)" few/BAS
run flock busy aml-downsample -q -o busy few
fails_with "busy: in use by another process" "a dataset that another process fills"
check "which is left alone" test -z "$(ls busy)"
end
