#!/usr/bin/env bash
# Two names of one file, in every tool and option that names one: refused before the work, and nothing is changed.
. "${0%/*}/../lib.sh"
. "$TESTS/ready.sh"

make_ready
aml-delta -p a.npz b.npz small.npz
aml-downsample -q -s 40 --packed -o packed cells
aml-init --size 40 start.npz
printf 'code\tname\n' >names.tsv
aml-fedavg -q --server-opt adam --previous start.npz --state server.state -o round.npz a.npz b.npz c.npz
mkdir trail
cp a.npz trail/first.npz
for name in a.npz model.npz predictions.tsv log.tsv patients.tsv answers.tsv groups.tsv tolerant.tsv; do
	cp "$name" "$name.svg"
done

# Each file: inode, length, time of its last change
state() { find . -type f ! -name 'same.*' -printf '%p %i %s %T@\n' | sort; }

# refused A B FILE CMD...: CMD, in which @ stands for another name of FILE, says that A and B are the same file: by the
# name itself, by two other ways to it, a symbolic and, if it is there, a hard link; and nothing is changed
refused() {
	local what="$1 and $2" file=$3 name before ending=${3##*.}
	shift 3
	before=$(state)
	ln -s "$file" "same.link.$ending"
	[ ! -e "$file" ] || ln "$file" "same.hard.$ending"
	for name in "$file" "./$file" "trail/../$file" "same.link.$ending" "same.hard.$ending"; do
		[ "$name" != "same.hard.$ending" ] || [ -e "$name" ] || continue
		run "${@//@/$name}"
		if [ "$(state)" = "$before" ]; then
			fails_with "$what are the same file, " "$1: $what, as $name"
		else
			fail "$1: $what, as $name: files changed"
			before=$(state)
		fi
	done
	rm -f "same.link.$ending" "same.hard.$ending"
}

# ---- inputs ----
refused PREDICTIONS.tsv OUT predictions.tsv aml-calibrate predictions.tsv model.npz @
refused PREDICTIONS.tsv -o predictions.tsv.svg aml-calibrate -o @ predictions.tsv.svg model.npz new.npz
refused MODEL OUT model.npz aml-calibrate predictions.tsv @ model.npz
refused MODEL -o model.npz.svg aml-calibrate -o @ predictions.tsv model.npz.svg new.npz
refused A.tsv -o predictions.tsv aml-compare -o @ predictions.tsv answers.tsv
refused B.tsv -o answers.tsv aml-compare -o answers.tsv predictions.tsv @
refused --groups -o groups.tsv aml-compare --groups @ -o groups.tsv predictions.tsv answers.tsv
refused --patients -o patients.tsv aml-compare --patients patients.tsv -o @ predictions.tsv answers.tsv
refused "an input" -o answers.tsv aml-confmat -o @ predictions.tsv answers.tsv
refused --names -o names.tsv aml-confmat --names names.tsv -o @ predictions.tsv
refused LOG.tsv -o log.tsv aml-curve -f svg -o @ predictions.tsv two=log.tsv
refused PARENT SMALL a.npz aml-delta -p @ b.npz a.npz
refused MODEL SMALL b.npz aml-delta -p a.npz b.npz @
refused PARENT MODEL a.npz aml-delta -x -p a.npz small.npz @
refused SMALL MODEL small.npz aml-delta -x -p a.npz small.npz @
refused MODEL OUT.json a.npz aml-eval -q -d dataset @ a.npz
refused MODEL -p a.npz aml-eval -q -d dataset -p @ a.npz
refused MODEL -o a.npz aml-explain -f png -o @ a.npz cell.tiff
refused IMAGE -o cell.tiff aml-explain -f npy -o cell.tiff a.npz @
refused MODEL -o a.npz aml-export -f onnx -o @ a.npz
refused MODEL -o b.npz aml-fedavg -q -o @ a.npz b.npz
refused --previous -o start.npz aml-fedavg -q --previous @ -o start.npz a.npz b.npz
refused MODEL --state a.npz aml-fedavg -q --server-opt adam --previous start.npz --state @ -o new.npz a.npz b.npz
refused --previous --state start.npz aml-fedavg -q --server-opt adam --previous @ --state start.npz -o new.npz a.npz b.npz
echo '{"num_examples": 3}' >b.npz-metadata
refused MODEL-metadata -o b.npz-metadata aml-fedavg -q -o @ a.npz b.npz
refused "an input" -o predictions.tsv aml-report -q -o @ predictions.tsv
refused MODEL -o model.npz aml-report -q -m @ -o model.npz predictions.tsv
refused --trail -o a.npz aml-report -q -m model.npz --trail b.npz --trail @ -o a.npz predictions.tsv
refused --log -o log.tsv aml-report -q --log a=log.tsv -o @ predictions.tsv
refused --groups -o groups.tsv aml-report -q --groups groups.tsv -o @ predictions.tsv
refused --patients -o patients.tsv aml-report -q --patients patients.tsv -o @ predictions.tsv
refused --tolerant -o tolerant.tsv aml-report -q --tolerant tolerant.tsv -o @ predictions.tsv
refused "labels.npy of DATASET" -o dataset/labels.npy aml-report -q -d dataset -o @ predictions.tsv
refused TABLE.tsv -o answers.tsv aml-roc --class=BAS -f tsv -o @ a=predictions.tsv b=answers.tsv
refused --groups -o groups.tsv aml-roc -g blasts --groups @ -f tsv -o groups.tsv answers.tsv
refused "an input" -o predictions.tsv aml-score -o @ predictions.tsv
refused --groups -o groups.tsv aml-score --groups @ -o groups.tsv answers.tsv
refused --patients -o patients.tsv aml-score --patients patients.tsv -o @ predictions.tsv
refused --tolerant -o tolerant.tsv aml-score --tolerant tolerant.tsv -o @ predictions.tsv
refused IN --checkpoint a.npz aml-train -q -d dataset --checkpoint @ a.npz new.npz
refused IN --log a.npz aml-train -q -d dataset --log a.npz @ new.npz
refused --model --log a.npz aml-serve --listen ./socket -m b.npz -m name=a.npz --log @

# ---- results ----
for there in "" yes; do
	[ -z "$there" ] || for name in new.json new.npz new.svg; do echo "$name" >$name; done
	refused OUT -o new.svg aml-calibrate -o new.svg predictions.tsv model.npz @
	refused OUT.json -p new.json aml-eval -q -d dataset -p new.json a.npz @
	refused --state -o new.npz aml-fedavg -q --server-opt adam --previous start.npz --state @ -o new.npz a.npz b.npz
	refused --checkpoint --log new.npz aml-train -q -d dataset --checkpoint @ --log new.npz a.npz out.npz
	refused --checkpoint OUT new.npz aml-train -q -d dataset --checkpoint new.npz a.npz @
	refused --log OUT new.npz aml-train -q -d dataset --log new.npz a.npz @
done
refused "--state's lock" -o new.lock aml-fedavg -q --server-opt adam --previous start.npz --state new -o @ a.npz b.npz
refused "--checkpoint's lock" OUT new.lock aml-train -q -d dataset --checkpoint new a.npz @
refused "--checkpoint's lock" --log new.lock aml-train -q -d dataset --checkpoint new --log @ a.npz out.npz
: >empty.npz
refused --log OUT-metadata empty.npz-metadata aml-train -q -d dataset --log @ a.npz empty.npz

# ---- files of a dataset ----
refused "labels.npy of DATASET" OUT dataset/labels.npy aml-train -q -d dataset a.npz @
refused "images.npy of DATASET" --checkpoint packed/images.npy aml-train -q -d packed --checkpoint @ a.npz new.npz
refused "ids.npy of DATASET" --log packed/ids.npy aml-train -q -d packed --log @ a.npz new.npz
refused "trainids.npy of DATASET" -p dataset/trainids.npy aml-eval -q -d dataset -p @ a.npz
refused "classes.tsv of DATASET" OUT.json dataset/classes.tsv aml-eval -q -d dataset a.npz @
image=$(find dataset/data_singlets -type f | head -n 1)
before=$(state)
for name in "$image" dataset/data_singlets/new.tsv; do
	run aml-eval -q -d dataset -p "$name" a.npz
	fails_with "-p lies in data_singlets of DATASET, $name" "a result among the images: ${name##*/}"
done
run aml-report -q -m model.npz --trail trail -o trail/first.npz predictions.tsv
fails_with "-o lies in --trail, trail/first.npz" "a page in place of a model of --trail's folder"
run aml-partition -q -n 2 dataset dataset/data_singlets/parts
fails_with "OUT lies in data_singlets of DATASET, dataset/data_singlets/parts" "partitions among the images"
run aml-partition -q -n 2 dataset ./dataset/classes.tsv
fails_with "classes.tsv of DATASET and OUT are the same file, ./dataset/classes.tsv" "partitions in place of a list"
for name in cells/new cells/BAS/new/ ./trail/../cells/new; do
	run aml-downsample -q -s 20 -o "$name" trail cells
	fails_with "-o lies in TREE, $name" "a dataset in a tree of images: $name"
done
ln -s cells/BAS/new link
run aml-downsample -q -s 20 -o link cells
fails_with "-o lies in TREE, link" "a dataset in a tree of images, by a link"
run aml-downsample -q -s 20 -o cells/ cells
fails_with "TREE and -o are the same folder, cells/" "a dataset in place of a tree"
rm link
check "nothing was changed" test "$(state)" = "$before"

# ---- standard streams ----
# appended A B FILE CMD...: CMD >>FILE says that A and B are the same, and FILE stays as it is
appended() {
	local what="$1 and $2" file=$3 before
	shift 3
	before=$(sha256sum <"$file")
	: >"$out"
	command="$* >>$file" status=0
	"$@" >>"$file" 2>"$err" || status=$?
	fails_with "$what are the same file, standard output" "$1 >>$file: $what"
	check "$file is as it was" test "$(sha256sum <"$file")" = "$before"
}
appended "an input" "the description" a.npz aml-info b.npz a.npz
appended MODEL "the answers" a.npz aml-predict a.npz cell.tiff
appended IMAGE "the answers" cell.tiff aml-predict a.npz cell.tiff
appended IMAGE "the array" cell.tiff aml-downsample cell.tiff
refused --groups OUT patients.tsv aml-partition -q -n 2 --groups @ dataset patients.tsv
appended "an input" -o predictions.tsv aml-score predictions.tsv
appended IN OUT a.npz aml-train -q -d dataset a.npz -
appended OUT "the table" log.tsv aml-calibrate predictions.tsv model.npz log.tsv
appended MODEL "the result" a.npz aml-eval -q -d dataset a.npz
appended -p "the result" log.tsv aml-eval -q -d dataset --json -p log.tsv a.npz
run sh -c 'aml-score -o predictions.tsv <predictions.tsv'
fails_with "an input and -o are the same file, predictions.tsv" "standard input"
run sh -c 'aml-eval -q -d dataset -p - a.npz /dev/stdout | cat'
check "two results for one descriptor" one_line "OUT.json and -p are the same file, standard output"
run sh -c 'aml-eval -q -d dataset -p /dev/fd/3 a.npz /dev/fd/4 3>got 4>>got'
fails_with "OUT.json and -p are the same file, /dev/fd/3" "two descriptors of one file"

# ---- what harms nothing ----
run aml-eval -q -d dataset -p /dev/null a.npz /dev/null
exits 0 "two results to /dev/null"
run aml-train -q -d dataset -b 8 -s 9 a.npz want.npz
cp a.npz in.npz
ln -s in.npz again.npz
run aml-train -q -d dataset -b 8 -s 9 in.npz again.npz
same in.npz want.npz "aml-train over its input, as the manual allows"
run aml-compare predictions.tsv predictions.tsv
exits 0 "an input twice, where that means something"
run aml-eval -q -d dataset -p dataset/predictions.tsv a.npz
exits 0 "a result beside the lists of a dataset"
run sh -c 'aml-eval -q -d dataset -p - a.npz | cat >piped.tsv'
same piped.tsv dataset/predictions.tsv "standard output"
end
