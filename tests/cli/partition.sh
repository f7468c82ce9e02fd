#!/bin/bash
# aml-partition: the table, the folders, what it refuses and what it leaves behind.
. "${0%/*}/../lib.sh"

many=$DATA/dataset/many                 # 60 packed images, rows not in the order of the ids
classes=$'BAS\tEBO\tEOS\tKSC\tLYA\tLYT\tMMZ\tMOB\tMON\tMYB\tMYO\tNGB\tNGS\tPMB\tPMO'
names=('two words' .dot $'a\nb' -n)
for i in $(seq 4 59); do names+=("cell_$(printf %02d "$i")"); done

# The same images as singlets in the folder $1.
make_singlets() {
	mkdir -p "$1/data_singlets"
	cp "$many/labels.npy" "$1"
	for name in "${names[@]}"; do
		cp "$DATA/dataset/singlets/data_singlets/BAS_0001.npy" "$1/data_singlets/$name.npy"
	done
}

# Sum of column $1 of the table on $out; smallest and largest of it.
sum() { awk -F'\t' -v c="$1" 'NR > 1 { s += $c } END { print s }' "$out"; }
spread() { awk -F'\t' -v c="$1" 'NR > 1 { if (NR == 2 || $c < lo) lo = $c; if ($c > hi) hi = $c }
	END { print hi - lo }' "$out"; }

nothing_left() { check "$1: nothing is left" test -z "$(find . -name '*partial*')" -a ! -e "${2:-out}"; }

# ---- usage ----
run aml-partition "$many" out
wrong_usage "-n N is required" "no -n"
run aml-partition -n 0 "$many" out
wrong_usage "--parts takes N from 1" "-n 0"
run aml-partition -n 2 "$many"
wrong_usage "missing operand" "no OUT"
run aml-partition -n 2 --copy --move "$many" out
wrong_usage "exclude each other" "two ways"
run aml-partition -n 2 -S random "$many" out
wrong_usage "unknown scheme 'random'" "an unknown scheme"
run aml-partition -n 2 -S dirichlet:0 "$many" out
wrong_usage "dirichlet takes a number" "dirichlet:0"
run aml-partition -n 2 -S dirichlet:1 --groups g "$many" out
wrong_usage "--groups does not go with dirichlet" "groups and dirichlet"
run aml-partition -n 1 -S folds "$many" out
wrong_usage "at least 2" "one fold"
run aml-partition -n 2 --move --split train "$many" out
wrong_usage "--move needs --split all" "--move of a part"

# ---- schemes, packed ----
run aml-partition -n 7 "$many" iid
exits 0 "iid"
stderr_is_empty "iid"
check "header" test "$(head -n 1 "$out")" = "partition	images	$classes"
check "seven rows" test "$(wc -l <"$out")" -eq 8
check "60 images" test "$(sum 2)" -eq 60
check "sizes differ by at most one" test "$(spread 2)" -le 1
check "31 BAS" test "$(sum 3)" -eq 31
check "packed stays packed" test -f iid/partition6/images.npy -a ! -e iid/partition6/data_singlets
cp "$out" iid.tsv
aml-partition -n 7 "$many" again >again.tsv
same iid.tsv again.tsv "the same table again"
check "the same bytes again" diff -r iid again
run aml-partition -n 7 -s 1 "$many" seed1
check "another seed, other parts" test "$(diff -rq iid seed1 | wc -l)" -gt 0

run aml-partition -n 4 -S stratified "$many" stratified
check "stratified: sizes" test "$(spread 2)" -le 1
for column in 3 4 6 11 17; do
	check "stratified: class in column $column" test "$(spread $column)" -le 1
done
run aml-partition -n 4 -S dirichlet:0.2 "$many" dirichlet
exits 0 "dirichlet"
check "dirichlet: 60 images" test "$(sum 2)" -eq 60
check "dirichlet is uneven" test "$(spread 2)" -gt 3
run aml-partition -n 20 -S dirichlet:0.001 "$many" sparse
exits 0 "parts without images"
stderr_has "no images"

# ---- folds ----
run aml-partition -n 3 -S folds "$many" folds
exits 0 "folds"
check "folds: each image is held out once" test "$(sum 2)" -eq 60
cp "$out" folds.tsv
for k in 0 1 2; do
	aml-partition -n 1 --split valid folds/partition$k valid$k >valid.tsv
	run aml-partition -n 1 --split train folds/partition$k train$k
	check "fold $k holds out what the table says" \
		test "$(awk -F'\t' "NR == $k + 2" folds.tsv | cut -f 2-)" = "$(tail -n 1 valid.tsv | cut -f 2-)"
	check "fold $k trains with the others" test "$(sum 2)" -eq $((60 - $(tail -n 1 valid.tsv | cut -f 2)))
done
check "the split is not handed on" test ! -e valid0/partition0/trainids.npy
run aml-partition -n 1 "$many" sorted
run aml-partition -n 2 -S folds sorted/partition0 linked
same sorted/partition0/images.npy linked/partition1/images.npy "a fold has all the images"
check "packed images are linked" test "$(stat -c %h sorted/partition0/images.npy)" -eq 3
run aml-partition -n 2 --split train "$many" train
check "nine tenths where there is no split" test "$(sum 2)" -eq 54

# ---- singlets ----
make_singlets cells
cp "$DATA/dataset/singlets/data_singlets/BAS_0001.npy" cells/data_singlets/unlabelled.npy
run aml-partition -n 3 cells out
exits 0 "singlets, odd names"
check "every image is there" test "$(find out -name '*.npy' -path '*singlets*' -print0 | tr -dc '\0' | wc -c)" -eq 60
check "linked" test "$(stat -c %h cells/data_singlets/.dot.npy)" -eq 2
run aml-partition -n 3 --copy cells copied
check "copied" test "$(stat -c %h cells/data_singlets/.dot.npy)" -eq 2
check "links and copies have the same bytes" diff -r out copied
mkdir far to
mv cells/data_singlets far/there
ln -s ../far/there cells/data_singlets
rm -r copied
run aml-partition -n 3 cells to/out
check "linked through a link to the folder of the images" test "$(stat -c %h far/there/.dot.npy)" -eq 3
mv far/there/.dot.npy far/dot.npy
ln -s ../dot.npy far/there/.dot.npy
rm -r to/out
run aml-partition -n 3 cells to/out
exits 0 "an image that is a link to elsewhere"
check "linked or copied, it is whole" diff -r out to/out
check "and no link" test -z "$(find to -type l)"
rm -r to cells/data_singlets
mv far/there cells/data_singlets
mv far/dot.npy cells/data_singlets/.dot.npy
rmdir far
make_singlets gone
run aml-partition -n 3 --move gone moved
exits 0 "--move"
check "moved: the same bytes" diff -r out moved
check "moved: the source is gone" test ! -e gone
run aml-partition -n 3 --move cells moved2
check "moved: a file that is not ours stays" test "$(find cells -type f)" = cells/data_singlets/unlabelled.npy
check "moved: not linked any more" test "$(find moved -name .dot.npy -links 1 | wc -l)" -eq 1

# ---- two at a time ----
make_singlets cells
run flock cells aml-partition -n 3 --move cells loser
fails_with "cells: in use by another process" "--move of what another process moves"
check "leaves nothing" test ! -e loser -a -z "$(find . -name 'loser*')"
check "and the dataset as it was" test "$(aml-info cells | awk '/images$/ { print $3; exit }')" -eq 60
pids=
for i in 1 2 3 4 5 6; do
	aml-partition -q -n 3 --move cells "race$i" >/dev/null 2>"race$i.err" &
	pids+=" $!"
done
won=0
for pid in $pids; do
	if wait "$pid"; then won=$((won + 1)); fi
done
check "one of six moves it" test "$won" -eq 1
check "one OUT, nothing half done" test "$(find . -maxdepth 1 -type d -name 'race*' | wc -l)" -eq 1
check "all images, once" diff -r out "$(find . -maxdepth 1 -type d -name 'race[0-9]')"
check "a line from each other" test "$(cat race*.err | wc -l)" -eq 5
check "the source is gone but for a file that is not ours" test ! -e cells/labels.npy
rm -rf cells race*

# ---- the same command again, wherever it was killed ----
make_singlets cells
ln -s "$many" many
for how in "--copy cells" "--link many" "-S folds cells" "-S dirichlet:0.2 -s 3 cells"; do
	# shellcheck disable=SC2086 # words
	run aml-partition -n 3 $how twice
	cp "$out" first.tsv
	cp -a twice kept
	# shellcheck disable=SC2086
	run aml-partition -n 3 $how twice
	exits 0 "$how: once more"
	check "$how: it says so" one_line "twice: was there already"
	same first.tsv "$out" "$how: the same table"
	check "$how: nothing is changed" diff -r kept twice
	# shellcheck disable=SC2086
	run aml-partition -n 3 $how -s 99 twice
	fails_with "twice: exists and is not an empty folder, nor this partition (twice/partition" "$how: another seed"
	mkdir twice/more
	# shellcheck disable=SC2086
	run aml-partition -n 3 $how twice
	fails_with "(twice: holds 4 files or folders, expected 3 partitions)" "$how: something else beside them"
	rm -r twice kept
done
aml-partition -n 3 --copy cells twice >/dev/null
printf 'X' | dd of="$(find twice -name cell_05.npy)" bs=1 seek=200 conv=notrunc status=none
run aml-partition -n 3 --copy cells twice
fails_with "has another 'cell_05'" "an image that was changed"
rm -rf twice
run sh -c 'exec aml-partition -n 3 cells twice >/dev/full'
fails_with "standard output: No space left" "no room for the table"
run aml-partition -q -n 3 cells twice
exits 0 "is made up for"
check "by the table" test "$(sum 2)" -eq 60
rm -r twice

# --move: the partitions in place, DATASET whole, half removed and gone
for form in cells packed; do
	rm -rf cells
	make_singlets cells
	[ $form = cells ] || { rm -r cells; cp -r "$many" cells; }
	run aml-partition -n 3 cells whole
	cp "$out" first.tsv
	aml-partition -n 3 --copy cells twice >/dev/null
	run aml-partition -n 3 --move cells twice
	exits 0 "$form: killed before the removal"
	check "$form: DATASET is gone" test ! -e cells
	make_singlets cells
	[ $form = cells ] || { rm -r cells; cp -r "$many" cells; }
	mv cells/labels.npy cells/.moved
	run aml-info cells
	fails_with "cells: aml-partition --move was interrupted here: do it again" "$form: half removed, and told so"
	run aml-partition -n 3 --move cells elsewhere
	fails_with "cells: aml-partition --move was interrupted here" "$form: not to another place"
	aml-partition -n 3 "$DATA/dataset/singlets" elsewhere >/dev/null
	run aml-partition -n 3 --move cells elsewhere
	fails_with "cells/.moved: 60 images, not 4" "$form: not to that of another dataset"
	rm -rf elsewhere cells/data_singlets/cell_1*.npy cells/images.npy
	run aml-partition -n 3 --move cells twice
	exits 0 "$form: killed within the removal"
	same first.tsv "$out" "$form: the table"
	check "$form: what was left is gone" test ! -e cells
	run aml-partition -n 3 --move cells twice
	exits 0 "$form: killed after the removal"
	same first.tsv "$out" "$form: the table again"
	check "$form: all images, once" diff -r whole twice
	run aml-partition -n 3 -s 1 --move cells twice
	fails_with "twice: exists and is not an empty folder" "$form: gone, and another seed"
	mkdir -p cells/data_singlets
	touch cells/data_singlets/cell_20.npy
	run aml-partition -n 3 --move cells twice
	fails_with "cells: unfinished dataset" "$form: a new dataset that is unfinished"
	check "$form: stays" test -e cells/data_singlets/cell_20.npy
	rm -r cells twice whole
done

# ---- OUT ----
mkdir empty full
touch full/x
run aml-partition -n 2 "$many" full
fails_with "full: exists and is not an empty folder" "a folder that holds something"
run aml-partition -n 2 "$many" full/x
fails_with "full/x: exists and is not an empty folder" "a file"
run aml-partition -n 2 "$many" none/out
fails_with "none/out: No such file" "a folder that is nowhere"
ln -s empty link
run aml-partition -n 2 "$many" link/
exits 0 "an empty folder"
check "it is filled" test -f empty/partition1/labels.npy -a "$(find empty/ -maxdepth 1 -mindepth 1 | wc -l)" -eq 2
run aml-partition -n 2 "$many" slash///
check "slashes at the end" test -f slash/partition1/labels.npy
(umask 027; aml-partition -n 2 "$many" mode >/dev/null)
check "the umask counts" test "$(stat -c %a mode mode/partition0 | sort -u)" = 750
rm -r full link

# ---- failures ----
run aml-partition -n 61 "$many" out2
fails_with "many: 60 images for 61 parts" "more parts than images"
run aml-partition -n 2 nowhere out2
fails_with "nowhere: No such file" "no dataset"
make_singlets hole
rm 'hole/data_singlets/cell_30.npy'
run aml-partition -n 2 hole out2
fails_with "hole/data_singlets/cell_30.npy: No such file" "a missing image"
nothing_left "a missing image" out2
mkdir out2
run aml-partition -n 2 hole out2
check "a missing image: an empty OUT stays empty" test -d out2 -a -z "$(ls -A out2)"
rmdir out2
run sh -c 'exec aml-partition -n 2 "$1" full-disk >/dev/full' sh "$many"
fails_with "standard output: No space left" "a full disk behind stdout"

# A pipe in an image's place stops the copying until the signal comes.
mkfifo 'hole/data_singlets/cell_30.npy'
aml-partition -n 2 --copy hole out2 2>"$err" &
while ! compgen -G 'out2.partial.*/partition*/data_singlets/two words.npy' >/dev/null; do sleep .02; done
sleep .1
kill -TERM $!
wait $!
status=$? command='aml-partition, SIGTERM'
exits 143 "SIGTERM"
nothing_left "SIGTERM" out2

# ---- groups ----
printf 'id\tgroup\n' >groups.tsv
for i in $(seq 4 59); do printf 'cell_%02d\tpatient%d\n' "$i" $((i / 6)); done >>groups.tsv
run aml-partition -n 3 --groups groups.tsv "$many" out3
fails_with "groups.tsv: no group for '-n'" "an image without a group"
make_singlets pat
for name in 'two words' .dot -n; do printf '%s\tpatient0\n' "$name"; done >>groups.tsv
run aml-partition -n 3 --groups groups.tsv pat out3
fails_with "no group for 'a\\nb'" "a name with a newline cannot be in the file"
run aml-partition -n 2 --groups missing.tsv "$many" out3
fails_with "missing.tsv: No such file" "no file of groups"
nothing_left "groups" out3
run aml-partition -n 2 --groups <(printf '%s\tp\n' a b) "$DATA/dataset/singlets" out3
fails_with "no group for 'BAS 0001'" "groups from a pipe"
printf 'BAS 0001\tp\nBAS_0001\tp\nMON_0002\tq\n\303\204_3\tp\n' >four.tsv
run aml-partition -n 2 --groups four.tsv "$DATA/dataset/singlets" out3
exits 0 "groups"
check "the larger group is together" test "$(cut -f 2 "$out" | tr '\n' ' ')" = "images 3 1 "
run aml-partition -n 2 -S stratified --groups four.tsv "$DATA/dataset/singlets" out4
check "stratified groups" test "$(cut -f 2 "$out" | tr '\n' ' ')" = "images 3 1 "
run aml-partition -n 3 --groups four.tsv "$DATA/dataset/singlets" out5
fails_with "four.tsv: 2 groups for 3 parts" "more parts than groups"

# ---- across devices ----
if shm=$(mktemp -d /dev/shm/aml-test.XXXXXX 2>/dev/null) && [ "$(stat -c %d "$shm")" != "$(stat -c %d .)" ]; then
	run aml-partition -n 3 pat "$shm"
	exits 0 "onto another device"
	check "copied there" test "$(stat -c %h "$(find "$shm" -name .dot.npy)")" -eq 1
else
	skip "no second device"
fi
[ -z "${shm:-}" ] || rm -r "$shm"
end
