#!/bin/sh
# Does a long run come out the same if it is stopped again and again?   resumes.sh NEW-FOLDER
# STEPS steps on small images, once straight on, once stopped RESUMES times, by SIGKILL and SIGTERM in turn, and started again. Exit 1 if
# weights or logs differ in a byte, or if fewer stops found it running.
: "${SIZE:=10}" "${BATCH:=6}"
# shellcheck source=examples/experiments/lib.sh
. "$(dirname "$0")/lib.sh"
: "${STEPS:=20000}" "${RESUMES:=10}"

# run NAME: becomes the training of NAME.npz, with log and checkpoint
run() {
	exec aml-train -q -j 1 -d cells --split all -b "$BATCH" -e "$epochs" -s 1 --augment dihedral --log "$1.tsv" --checkpoint "$1.ckpt" \
		init.npz "$1.npz"
}

# stop SIGNAL EPOCH: ends the run once its log has this epoch
stop() {
	run stopped &
	while kill -0 $! 2>/dev/null && [ "$(grep -c '^[0-9]' stopped.tsv 2>/dev/null || :)" -lt "$2" ]; do
		sleep .01
	done 2>/dev/null
	kill -"$1" $! 2>/dev/null && stops=$((stops + 1))
	wait $! || :
}

aml-downsample -q -s "$SIZE" -t u1 -o cells "$DATA"
aml-init --size "$SIZE" -s 1 init.npz
images=$(find cells/data_singlets -name '*.npy' | wc -l)
of_epoch=$(((images + BATCH - 1) / BATCH))
epochs=$(((STEPS + of_epoch - 1) / of_epoch))
(run straight)
stops=0
signal=KILL
for k in $(seq "$RESUMES"); do
	stop $signal $((k * epochs / (RESUMES + 1)))
	case $signal in KILL) signal=TERM ;; TERM) signal=KILL ;; esac
done
(run stopped)
printf '%d steps, stopped %d times: ' $((epochs * of_epoch)) $stops
if cmp straight.npz stopped.npz >&2 && cmp straight.tsv stopped.tsv >&2 && [ $stops -eq "$RESUMES" ]; then
	echo the same
else
	echo not the same
	exit 1
fi
