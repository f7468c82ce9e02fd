#!/usr/bin/env bash
# Runs a federation as Slurm jobs: federate.sh [-r ROUNDS] [-s SEED] [-w WORK] [-t TRAIN-OPTIONS] [-S SIZE] [-c CLASSES] DATASET...
# shellcheck disable=SC2086 # TRAIN holds options
#
# For each round it submits a job array with one training task for each dataset, and a job that averages the models; each waits for
# the one before. Jobs that are killed, preempted or lost with their node are requeued and resume from their checkpoints. After
# scancel, run the script again: it submits what is missing, also with more ROUNDS; other options or datasets need another WORK. WORK (federation) must be on a file system that all nodes share.
# Prints the id of the last job; its model is WORK/ROUNDS/global.npz, the same bytes as from federation.mk.
set -euo pipefail
rounds=3 seed=0 work=federation train='' size=100 classes=15
while getopts r:s:w:t:S:c: o; do
	case $o in
	r) rounds=$OPTARG ;; s) seed=$OPTARG ;; w) work=$OPTARG ;; t) train=$OPTARG ;;
	S) size=$OPTARG ;; c) classes=$OPTARG ;; *) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
work=$(cd "$work" && pwd)
{
	echo "seed $seed, size $size, classes $classes, options: $train"
	for d; do
		(cd "$d" && pwd)
	done
} >"$work/options.new"
if [ -e "$work/options" ] && ! cmp -s "$work/options" "$work/options.new"; then
	rm "$work/options.new"
	echo "federate.sh: $work holds a federation of other options or datasets; remove it or choose another -w" >&2
	exit 1
fi
tail -n +2 "$work/options.new" >"$work/datasets.new"
mv "$work/datasets.new" "$work/datasets"
mv "$work/options.new" "$work/options"
[ -e "$work/0/global.npz" ] || { mkdir -p "$work/0" && aml-init -s "$seed" --size "$size" --classes "$classes" "$work/0/global.npz"; }

# submit NAME AFTER OPTION... SCRIPT ARGUMENT...: prints the id of the job
submit() {
	local name=$1 after=$2
	shift 2
	sbatch --parsable --requeue --job-name="$name" --output="$work/log/%x-%j-%a.txt" --open-mode=append \
		${after:+--dependency=afterok:$after --kill-on-invalid-dep=yes} "$@"
}

mkdir -p "$work/log"
after=
for round in $(seq 1 "$rounds"); do
	[ -e "$work/$round/global.npz" ] && continue
	mkdir -p "$work/$round"
	# Slurm sends USR1 60 s before the time limit, and aml-train saves its checkpoint
	after=$(submit "train-$round" "$after" --array="0-$(($# - 1))" --signal=USR1@60 "$here/train.sh" "$work" "$round" \
		$((seed + round)) $train)
	after=$(submit "average-$round" "$after" "$here/average.sh" "$work" "$round")
done
echo "${after:-done}"
