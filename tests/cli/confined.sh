#!/usr/bin/env bash
# A reader that a hostile file misled, within each tool and for each kind of file: it can write nowhere but beside the results, and
# can run nothing and connect to nothing.
. "${0%/*}/../lib.sh"
. "$TESTS/small.sh"

misled=./misled.so # LD_PRELOAD splits at blanks, which the path of BIN may have
ln -s "$BIN/faults/misled.so" $misled
# Sanitizers and coverage need files of their own, valgrind calls of its own: base/confine.c.
if [ "${AML_CONF:-release}" != release ] || ! head -c 4 "$BIN/aml-predict" | grep -q ELF || [ ! -e "$misled" ]; then
	skip "not confined in this build"
	end
fi
make_small
mkdir in results elsewhere
mv data start.npz cells in
echo kept >elsewhere/kept
picture=$(find in/cells/BAS -name '*.tiff' | head -n 1)

# What tools read from one another, in the folder in.
train=(aml-train -q -j 1 -d in/data)
{
	"${train[@]}" --log in/log.tsv --checkpoint in/checkpoint in/start.npz in/a.npz
	"${train[@]}" -s 2 in/start.npz in/b.npz
	aml-fedavg -q --equal --previous in/start.npz --server-opt adam --state in/state -o in/mean.npz in/a.npz in/b.npz
	"${train[@]}" in/mean.npz in/c.npz
	"${train[@]}" -s 2 in/mean.npz in/d.npz
	aml-delta -p in/start.npz in/a.npz in/small
	aml-eval -q -d in/data -p in/predictions.tsv in/a.npz in/scores.json
	aml-score --share -o in/shared.tsv in/predictions.tsv
	aml-confmat --counts -o in/counts.tsv in/predictions.tsv
	tail -n +2 in/predictions.tsv | cut -f 1 | awk '{ print $0 "\tpatient " NR % 4 }' >in/patients.tsv
	printf 'group\tclasses\nblood\tBAS,EOS\n' >in/groups.tsv
	printf 'class\tneighbour\nBAS\tEOS\n' >in/tolerant.tsv
} >/dev/null

# tries WHAT PATH AT COMMAND...: COMMAND, which does WHAT to PATH when it opens AT
tries() {
	local what=$1 path=$2 at=$3
	shift 3
	{ run env MISLED="$what" MISLED_PATH="$path" MISLED_AT="$at" LD_PRELOAD="$misled" "$@"; } 2>/dev/null
}

# What this kernel has.
tries write "$PWD/elsewhere/probe" in/a.npz aml-info in/a.npz
landlock=$status
rm -f elsewhere/probe
[ "$landlock" -eq 13 ] || skip "no Landlock here"
seccomp=$(grep '^Seccomp:' /proc/self/status) || skip "no seccomp here"

denied=13 killed=159 # EACCES, 128 + SIGSYS
# all AT COMMAND...
all() {
	local name="$2, $1" what
	if [ "$landlock" -eq 13 ]; then
		tries write "$PWD/elsewhere/new" "$@"
		exits $denied "$name: a new file elsewhere"
		check "... is not there" [ ! -e elsewhere/new ]
		tries write "$PWD/elsewhere/kept" "$@"
		exits $denied "$name: a file elsewhere"
		tries remove "$PWD/elsewhere/kept" "$@"
		exits $denied "$name: a file removed elsewhere"
		check "... is still there" [ "$(cat elsewhere/kept)" = kept ]
	fi
	[ -n "$seccomp" ] || return
	for what in run connect trace; do
		tries $what /bin/true "$@"
		exits $killed "$name: $what"
	done
}

# each "FILE..." COMMAND...: all for each of the files that it reads
each() {
	local at files=$1
	shift
	for at in $files; do all "$at" "$@"; done
}

data="in/data/labels.npy in/data/classes.tsv"
# pictures
each "$picture" aml-downsample -q -s 20 --classes $SMALL_CLASSES -o results/data in/cells
each "$picture" aml-downsample -s 20 "$picture"
each "in/a.npz $picture" aml-predict in/a.npz "$picture"
each "in/a.npz $picture" aml-explain -q -o results/map.png in/a.npz "$picture"
# weights and datasets
each "in/start.npz in/checkpoint in/log.tsv $data" "${train[@]}" --checkpoint in/checkpoint --log in/log.tsv -e 2 \
	in/start.npz in/a.npz
each "in/a.npz $data" aml-eval -q -d in/data -p results/predictions.tsv in/a.npz results/scores.json
each "in/a.npz $data in/small in/state in/checkpoint" aml-info in/a.npz in/data in/small in/state in/checkpoint
each in/mean.npz aml-info --trail in/mean.npz
each "in/c.npz in/d.npz in/mean.npz in/state" aml-fedavg -q --equal --previous in/mean.npz --server-opt adam --state in/state \
	-o in/next.npz in/c.npz in/d.npz
each "in/start.npz in/a.npz" aml-delta -p in/start.npz in/a.npz results/small
each "in/start.npz in/small" aml-delta -x -p in/start.npz in/small results/a.npz
each in/a.npz aml-export -f onnx -o results/model.onnx in/a.npz
each in/a.npz aml-export -f savedmodel -o results/models in/a.npz
each "in/predictions.tsv in/a.npz" aml-calibrate -o results/fit.svg in/predictions.tsv in/a.npz results/fitted.npz
for how in --copy --link --move; do
	each "$data in/patients.tsv" aml-partition -q -n 1 $how --groups in/patients.tsv in/data results/parts
done
# tables
more="in/patients.tsv in/groups.tsv in/tolerant.tsv"
each "in/predictions.tsv $more" aml-score --patients in/patients.tsv --groups in/groups.tsv --tolerant in/tolerant.tsv \
	-o results/score.json in/predictions.tsv
each in/shared.tsv aml-score in/shared.tsv
each "in/predictions.tsv in/counts.tsv" aml-confmat in/predictions.tsv in/counts.tsv
each "in/predictions.tsv in/groups.tsv" aml-roc --group blood --groups in/groups.tsv -o results/roc.svg in/predictions.tsv
each "in/predictions.tsv in/patients.tsv" aml-compare --patients in/patients.tsv in/predictions.tsv in/predictions.tsv
each in/log.tsv aml-curve -o results/curve.svg in/log.tsv
each "in/predictions.tsv in/a.npz in/log.tsv $data $more" aml-report -q -d in/data -m in/a.npz --trail in/start.npz --log in/log.tsv \
	--patients in/patients.tsv --groups in/groups.tsv --tolerant in/tolerant.tsv -o results/report.html in/predictions.tsv
# the service, before it has read its models
each in/a.npz env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/about aml-serve --log results/log -m in/a.npz
each in/a.npz aml-serve --listen results/socket --log results/log -m in/a.npz

tries write "$PWD/results/new" "$picture" aml-downsample -q -s 20 --classes $SMALL_CLASSES -o results/data in/cells
exits 0 "beside the results it can write"
mkdir -p results/models/2
cd results/models/2 || exit
run aml-export -f savedmodel -o .. ../../../in/a.npz
cd ../../.. || exit
exits 0 "a folder of results that is called .."
check "... has them" test -s results/models/1/saved_model.pb

# A file in a folder that is closed is written by a detour through TMPDIR, which is open then.
if [ "$(id -u)" -ne 0 ]; then
	mkdir closed
	: >closed/map.png
	chmod a-w closed
	run aml-explain -q -o closed/map.png in/a.npz "$picture"
	exits 0 "a result in a closed folder"
fi
end
