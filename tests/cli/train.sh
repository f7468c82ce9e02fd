#!/usr/bin/env bash
# aml-train: the same bytes whatever happens, options, log, facts, FEDn's calls, and what it refuses.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"

# train OPTION...: eight images a step, no progress
train() { aml-train -q -d data -b 8 "$@"; }
# background OPTION...: the same, its process id in $pid
background() {
	aml-train -q -d data -b 8 "$@" &
	pid=$!
}
# wait_for COMMAND N: until it prints at least N, or the process in the background has ended
wait_for() {
	local got
	while kill -0 "$pid" 2>/dev/null; do
		got=$(eval "$1" 2>/dev/null)
		[ "${got:-0}" -ge "$2" ] && return
		sleep 0.005
	done
}
# lines FILE: how many it has by now
lines() { [ -e "$1" ] && wc -l <"$1" || echo 0; }
digest() { fact "$1" weights; }
last() { tail -n 1 "$1" | cut -f "$2"; }

run make_small
exits 0 "what the tests need"

# ---- the same bytes for any number of threads ----
for j in 1 2 7; do
	run train -e 3 -j $j --augment rotate --class-weight balanced --log j$j.tsv start.npz j$j.npz
	exits 0 "-j $j"
	stderr_is_empty "-j $j: -q"
	same j1.npz j$j.npz "-j $j: weights"
	same j1.tsv j$j.tsv "-j $j: log"
done
for j in 1 2; do
	AML_ISA=blas train -e 1 -j $j --bn exact start.npz blas$j.npz
done
same blas1.npz blas2.npz "layers over BLAS: -j 1 and -j 2"
check "layers over BLAS: the facts say so" test "$(fact blas1.npz kernels)" = blas
run train - - <start.npz
train start.npz out.npz
same out.npz "$out" "from standard input to standard output"

# The thread sanitizer has seen the threads; what follows takes it half an hour and starts them in no other way.
[ "${AML_CONF:-}" != tsan ] || end

# ---- what the result depends on ----
for option in '-s 1' '-e 2' '-b 7' '-l 0.01' '--split all' '--split-seed 1' '--dropout off' '--shuffle off' \
	'--augment dihedral' '--augment rotate' '--class-weight balanced' '--proximal 10' '--bn exact'; do
	# shellcheck disable=SC2086
	run train $option start.npz other.npz
	exits 0 "$option"
	check "$option: other weights" test "$(digest other.npz)" != "$(digest out.npz)"
done
run train -e 0 start.npz zero.npz
check "-e 0: the weights as they were" test "$(digest zero.npz)" = "$(digest start.npz)"
run train -e 0 --bn exact out.npz exact.npz
check "-e 0 --bn exact: other weights" test "$(digest exact.npz)" != "$(digest out.npz)"
run train -e 0 --bn exact exact.npz again.npz
check "recalibrated twice: as once" test "$(digest exact.npz)" = "$(digest again.npz)"
export AML_DATASET=data
run aml-train -q -b 8 start.npz env.npz
unset AML_DATASET
same out.npz env.npz "AML_DATASET is the default of -d"

# ---- log: 48 images, 43 of them for training ----
train -e 3 --log log.tsv start.npz logged.npz
check "log: header" test "$(head -n 1 log.tsv)" = $'epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy'
check "log: a row an epoch" test "$(column 1 log.tsv | xargs)" = "1 2 3"
train --log log.tsv start.npz logged.npz
check "log: rows are appended, without a second header" test "$(column 1 log.tsv | xargs)" = "1 2 3 1"
train --split all --log all.tsv start.npz logged.npz
check "log: dashes without validation" test "$(column 4- all.tsv)" = $'-\t-'
check "log: accuracy of the 40 images that fill batches" test "$(column 3 j1.tsv | awk '{ n += $1 * 40 != int($1 * 40 + .5) } END { print n }')" = 0
check "facts: num_examples leaves the last incomplete batch out" test "$(fact out.npz num_examples)" = 40
train -b 43 start.npz whole.npz
check "facts: all of them in one batch" test "$(fact whole.npz num_examples)" = 43
train -b 1000 start.npz more.npz
check "fewer images than a batch are one batch" test "$(digest more.npz)" = "$(digest whole.npz)"
for bn in running exact; do
	train -e 2 --bn $bn --log $bn.tsv start.npz $bn.npz
	run aml-eval -q -d data --split valid --json $bn.npz
	check "--bn $bn: the log's last loss is aml-eval's" \
		awk -v a="$(last $bn.tsv 4)" -v b="$(sed -n 's/.*"test_loss": \(.*\),/\1/p' "$out")" \
		'BEGIN { exit !(a != "" && a - b < 1e-7 * a && b - a < 1e-7 * a) }'
done

# ---- the best epoch: at this rate the loss rises from the first on ----
train -e 6 -l 0.003 --bn exact --keep best --log best.tsv start.npz best.npz
least=$(column 4 best.tsv | sort -g | head -n 1)
run aml-eval -q -d data --split valid --json best.npz
check "--keep best: the least loss of the log is aml-eval's" \
	awk -v a="$least" -v b="$(sed -n 's/.*"test_loss": \(.*\),/\1/p' "$out")" \
	'BEGIN { exit !(a != "" && a - b < 1e-7 * a && b - a < 1e-7 * a) }'
check "... and not the last" test "$least" != "$(last best.tsv 4)"
run train --keep best --split all start.npz x.npz
fails_with "no validation images" "--keep best without validation"

# ---- facts ----
check "facts: the parent" grep -qaF "\"parents\": [\"$(digest start.npz)\"]" out.npz
check "facts: the classes" grep -qaF '"classes": ["BAS", "EOS", "LYT", "NGS"]' out.npz
check "facts: options" grep -qaF '"epochs": 1, "seed": 0, "batch": 8, "rate": 0.001, ' out.npz
check "facts: nothing of this machine" test "$(facts out.npz | grep -cE 'start\.npz|"data"|jobs|/')" = 0

# ---- FEDn: metadata where it is asked for ----
train start.npz plain.npz
check "no metadata for others" test ! -e plain.npz-metadata
: >empty.npz
train start.npz empty.npz
check "OUT is an empty file: metadata" test "$(cat empty.npz-metadata)" = "$(facts empty.npz)"
same plain.npz empty.npz "... and the same weights"
cp start.npz in.npz
echo '{}' >in.npz-metadata
train in.npz called.npz
same empty.npz-metadata called.npz-metadata "IN-metadata exists: metadata"
check "a file that holds something is none of FEDn's" test ! -e plain.npz-metadata
train in.npz - >stream.npz
check "OUT is standard output: no file --metadata" test ! -e --metadata
same stream.npz called.npz "and the weights are the same"
run train --log - start.npz x.npz
wrong_usage "--log takes a file" "a log on standard output"

# ---- killed at any time and started again ----
train -e 8 --keep best --bn exact --log once.tsv start.npz once.npz
resume=(-e 8 --keep best --bn exact --log again.tsv --checkpoint again.ckpt start.npz again.npz)
kills=0
for epoch in 0 1 2 3 5; do
	background "${resume[@]}"
	while [ "$(lines again.tsv)" -le $epoch ] && kill -0 $pid 2>/dev/null; do sleep 0.005; done
	kill -KILL $pid && kills=$((kills + 1))
	wait $pid 2>/dev/null
done
rm -f .again.*                          # nobody cleans up after SIGKILL
check "killed $kills times" test $kills -ge 1
run train "${resume[@]}"
exits 0 "after SIGKILL"
same once.npz again.npz "after SIGKILL: weights"
same once.tsv again.tsv "after SIGKILL: log"
run train "${resume[@]}"
same once.npz again.npz "a checkpoint at the end: nothing more to do"
same once.tsv again.tsv "... and nothing to log"

# ---- stopped by the batch system ----
# stop SIGNAL: sends it after two epochs; $status
stop() {
	background "${straight[@]}" --log stop.tsv --checkpoint stop.ckpt start.npz stop.npz
	wait_for 'lines stop.tsv' 3
	kill -"$1" $pid
	status=0
	wait $pid || status=$?
}
straight=(-e 30 -j 1)
train "${straight[@]}" --log straight.tsv start.npz straight.npz
for signal in TERM USR1; do
	rm -f stop.*
	command="kill -$signal"
	: >"$err"
	stop $signal
	exits 75 "SIG$signal"
	check "SIG$signal: no output yet" test ! -e stop.npz
	run train "${straight[@]}" --log stop.tsv --checkpoint stop.ckpt start.npz stop.npz
	exits 0 "after SIG$signal"
	same straight.npz stop.npz "after SIG$signal: weights"
	same straight.tsv stop.tsv "after SIG$signal: log"
done

# The signal comes while the result is being written, into a pipe that nobody reads yet.
mkfifo pipe
background --checkpoint pipe.ckpt start.npz pipe
wait_for 'fact pipe.ckpt epoch' 1
sleep 0.1
kill -TERM $pid
timeout 60 cat pipe >piped.npz
command="kill -TERM while writing" status=0
wait $pid || status=$?
exits 0 "SIGTERM at the end"
same out.npz piped.npz "SIGTERM at the end: weights"

# ---- checkpoints of other runs ----
train -e 2 --log ck.tsv --checkpoint ck start.npz ck2.npz
train -e 5 --log five.tsv start.npz five.npz
run train -e 5 --log ck.tsv --checkpoint ck start.npz ck5.npz
same five.npz ck5.npz "more epochs than before: as in one run"
same five.tsv ck.tsv "... and the same log"
run train -e 4 --checkpoint ck start.npz x.npz
fails_with "ck: is past epoch 4 already" "fewer epochs than are done"
run train -e 5 -s 4 --checkpoint ck start.npz x.npz
fails_with "ck: belongs to another run: seed was 0, is now 4" "another seed"
# The same ids and labels, images of another size or another split; shapes of 20 to 21 pixels are the same.
aml-downsample -q -s 21 --classes $SMALL_CLASSES -o data21 cells
without_facts start.npz open.npz
train -e 1 --checkpoint open.ck open.npz x.npz
run aml-train -q -b 8 -d data21 -e 2 --checkpoint open.ck open.npz x21.npz
fails_with "open.ck: belongs to another run: size was 20, is now 21" "images of another size"
aml-partition -q -n 2 -S folds data folds >/dev/null
aml-train -q -b 8 -d folds/partition0 -e 1 --checkpoint fold.ck start.npz x.npz
run aml-train -q -b 8 -d folds/partition1 -e 2 --checkpoint fold.ck start.npz x0.npz
fails_with "fold.ck: belongs to another run: split_ids was" "the images of another fold"
run train -e 2 --checkpoint fold.ck start.npz x0.npz
fails_with "fold.ck: belongs to another run: split_ids was" "no split any more"

# ---- logs of other runs ----
train -e 2 --log part.tsv --checkpoint part.ck start.npz x.npz
cp part.tsv kept.tsv
head -n 2 kept.tsv >part.tsv
run train -e 3 --log part.tsv --checkpoint part.ck start.npz x3.npz
fails_with "part.tsv: is not the log of this run" "a log without its last row"
{ head -n 1 kept.tsv && echo other && tail -n +2 kept.tsv && head -c 2000 /dev/zero | tr '\0' x; } >part.tsv
cp part.tsv before.tsv
run train -e 3 --log part.tsv --checkpoint part.ck start.npz x3.npz
fails_with "part.tsv: is not the log of this run" "another file, longer than the log"
same before.tsv part.tsv "is not cut"
sed 's/^2\t/9\t/' kept.tsv >part.tsv
run train -e 3 --log part.tsv --checkpoint part.ck start.npz x3.npz
fails_with "part.tsv: is not the log of this run" "the log of other epochs"
rm part.tsv
run train -e 3 --log part.tsv --checkpoint part.ck start.npz x3.npz
exits 0 "a new log"
check "... which is told to lack rows" one_line "part.tsv: is new, and lacks the rows up to epoch 2"
check "has the row that is new" test "$(column 1 part.tsv)" = 3
# A log that is new in a run that has gone on, stopped before its first row.
background "${straight[@]}" --checkpoint late.ck start.npz late.npz
wait_for 'fact late.ck epoch' 2
kill -TERM $pid
wait $pid
{ head -n 1 kept.tsv && printf '1\t0.2'; } >late.tsv
run train --log late.tsv start.npz x.npz
fails_with "late.tsv: does not end with a whole line" "a log whose last line was cut"
for text in x $'x\n' $'epoch\tloss\n1\t2\n' "x$(cat kept.tsv)"$'\n'; do
	printf %s "$text" >late.tsv
	cp late.tsv before.tsv
	run train --log late.tsv start.npz x.npz
	fails_with "late.tsv: does not begin with the header of a log" "a log that is none"
	run train -e 3 --log late.tsv --checkpoint part.ck start.npz x.npz
	fails_with "late.tsv: does not begin with the header of a log" "... nor for a run that goes on"
	same late.tsv before.tsv "... and is as it was"
done
cp best.npz a.model
run train --log a.model start.npz x.npz
fails_with "a.model: does not begin with the header of a log" "a model as a log"
same a.model best.npz "... is as it was"
{ head -n 1 kept.tsv && echo "of another run"; } >late.tsv
background "${straight[@]}" --log late.tsv --checkpoint late.ck start.npz late.npz
wait_for 'ls late.ck.lock | wc -l' 1
kill -TERM $pid
wait $pid
run train "${straight[@]}" --log late.tsv --checkpoint late.ck start.npz late.npz
exits 0 "a log that is new, and stopped"
same straight.npz late.npz "... the weights"
check "... keeps what it holds" test "$(sed -n 2p late.tsv)" = "of another run"
check "... and has all rows since" test "$(tail -n 1 late.tsv)" = "$(tail -n 1 straight.tsv)"
run train -e 5 -l 0.01 --checkpoint ck start.npz x.npz
fails_with "rate was 0.001, is now 0.01" "another rate"
run train -e 5 --checkpoint ck five.npz x.npz
fails_with "parent was" "other weights"
cp start.npz no.ck
run train -e 5 --checkpoint no.ck start.npz x.npz
fails_with "no.ck: not a checkpoint of aml-train" "weights are no checkpoint"
head -c 5000 ck >short.ckpt
run train -e 5 --checkpoint short.ckpt start.npz x.npz
fails_with "short.ckpt: " "a checkpoint cut short"
run train --log none.tsv --checkpoint nowhere/ck start.npz x.npz
fails_with "nowhere/ck" "a checkpoint that cannot be written"
check "... shows before the work" test ! -e none.tsv
run train --log nowhere/log.tsv start.npz x.npz
fails_with "nowhere/log.tsv" "a log that cannot be written"
{ head -n 1 once.tsv && echo "of another run"; } >kept.tsv
train -e 1 --checkpoint late start.npz late.npz
train -e 2 --checkpoint late --log kept.tsv start.npz late.npz
check "a log that comes later keeps what it holds" test "$(sed -n 2p kept.tsv)" = "of another run"
run aml-eval -d data -q --json ck
fails_with "ck: holds" "a checkpoint is no weights file"

# ---- what it refuses ----
run aml-train start.npz x.npz
wrong_usage "-d DATASET is required, or AML_DATASET in the environment" "no dataset"
run train start.npz
wrong_usage "missing operand" "no output"
run train -b 0 start.npz x.npz
wrong_usage "--batch takes N from 1" "no images a step"
run train -l nan start.npz x.npz
wrong_usage "--rate" "no rate"
run train --bn both start.npz x.npz
wrong_usage "--bn takes running|exact, not 'both'" "no such statistics"
aml-init --size 20 --classes BAS,EOS,NGS,LYT order.npz
run train order.npz x.npz
fails_with "its classes are BAS,EOS,NGS,LYT, those of data are BAS,EOS,LYT,NGS" "another order of the classes"
aml-init --size 20 --classes 4 numbered.npz
run train numbered.npz x.npz
exits 0 "classes that nobody named"
aml-init --size 20 few.npz
run train few.npz x2.npz
fails_with "data: has 4 classes, few.npz has 15" "another number of classes"
aml-init --size 24 --classes $SMALL_CLASSES large.npz
run train large.npz x2.npz
fails_with "data: images are 20 x 20 x 4, large.npz takes 24 x 24 x 4" "another size"
cp -r data unfinished && rm unfinished/labels.npy
run train -d unfinished start.npz x2.npz
fails_with "unfinished" "a dataset without labels"
cp -r data broken
first=$(find broken/data_singlets -name '*.npy' | sort | head -n 1)
printf '\377\377\377\377' | dd of="$first" bs=1 seek=1000 conv=notrunc status=none
run train -d broken --split all start.npz x2.npz
fails_with "$first: number 218 of image $(basename "$first" .npy) is " "an image with NaN"
: >"$first"
run train -d broken --split all start.npz x2.npz
fails_with "$first" "an empty image"
cp -r data gone
last=$(find gone/data_singlets -name '*.npy' | sort | tail -n 1)
rm "$last"
run train -d gone --split all start.npz x2.npz
fails_with "$last" "an image that is gone when its turn comes"
AML_ISA=none run train start.npz x2.npz
fails_with "none" "unknown kernels"
check "nothing is left" test ! -e x2.npz

# ---- two at a time ----
aml-train -q -d data -b 8 -e 100000 --checkpoint busy.ck --log busy.tsv start.npz busy.npz &
first=$!
for _ in $(seq 200); do
	[ -s busy.tsv ] && [ -e busy.ck ] && break
	sleep 0.05
done
run train --checkpoint busy.ck start.npz x2.npz
fails_with "busy.ck: in use by another process" "a checkpoint that another run saves"
run train --log busy.tsv start.npz x2.npz
fails_with "busy.tsv: in use by another process" "a log that another run writes"
run train --checkpoint other.ck --log busy.tsv start.npz x2.npz
fails_with "busy.tsv: in use by another process" "the same with a checkpoint of its own"
check "... which is not made" test ! -e other.ck
run train --checkpoint free.ck --log free.tsv start.npz x3.npz
exits 0 "others beside it"
# OUT of FEDn, with which OUT-metadata goes
: >pair.npz
background -e 60 start.npz pair.npz
wait_for 'ls pair.npz.lock | wc -l' 1
run train start.npz pair.npz
fails_with "pair.npz: in use by another process" "OUT and OUT-metadata that another run writes"
echo other >pair.npz
wait $pid
check "FEDn's call is known from the start" test -s pair.npz-metadata
kill -TERM $first
wait $first
check "the first run ends as it is asked to" test $? -eq 75
check "no lock is left" test -z "$(find . -name '*.lock')"
check "no temporary files are left" test -z "$(find . -name '.*.??????')"
# ---- running statistics that still hold their initial values ----
faded="the running statistics still have 0.[0-9][0-9] of their initial values"
run aml-train -d data -e 1 -b 8 start.npz few.npz
check "few steps from the initial statistics are told" grep -q "$faded" "$err"
run aml-train -d data -e 1 -b 8 --bn exact start.npz exact.npz
check "not of exact ones" test -z "$(grep "$faded" "$err")"
run aml-train -d data -e 1 -b 8 few.npz more.npz
check "nor where the model had others" test -z "$(grep "$faded" "$err")"
run aml-train -d data -e 60 -b 8 start.npz many.npz
check "nor after many steps" test -z "$(grep "$faded" "$err")"

end
