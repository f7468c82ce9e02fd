#!/usr/bin/env bash
# Runs a federation as Slurm jobs; federate.sh -h tells how.
# shellcheck disable=SC2086 # train, average and sbatch hold options
set -euo pipefail

usage() {
	cat <<'TEXT'
usage: federate.sh [OPTION]... DATASET...
Submit a federation to Slurm: in each round a job array trains the global model on each DATASET, then a job averages.

  -r ROUNDS         number of rounds (3)
  -s SEED           of the first model; round R trains with seed SEED + R (0)
  -i MODEL          begin with MODEL; without it aml-init makes one from SEED, SIZE and CLASSES
  -S SIZE           size of the images (100)
  -c CLASSES        number of classes, or the list of their codes (15)
  -t OPTIONS        of aml-train, such as "-e 1 -b 16 --bn exact"
  -a OPTIONS        of aml-fedavg, such as "--bn pool"
  -p CLIENTS        average in two steps: each task of an array adds up so many clients, another job their sums; the same bytes
  -b OPTIONS        of sbatch, such as "--partition=short --account=lab --time=2:00:00 --mem=4G"
  -w WORK           folder for models and logs, on a file system that all nodes share (federation)
  -h                print this text

Jobs that are killed, preempted or lost with their node are requeued and resume from their checkpoints. Run again after
scancel, it submits what is missing, also with more ROUNDS; other options or datasets need another WORK. The model of a
round is WORK/ROUND/global.npz, the same bytes as from federation.mk; the last job evaluates it on each DATASET and writes
WORK/table.tsv, where test_accuracy is that of the images that were not trained with, and WORK/report.txt: these images of
each client and of all, with intervals.
TEXT
}

fail() {
	echo "federate.sh: $1" >&2
	exit 1
}

wrong() {
	echo "federate.sh: $1; try 'federate.sh -h'" >&2
	exit 2
}

rounds=3 seed=0 init='' work=federation train='' average='' group=0 sbatch='' size=100 classes=15
while getopts :r:s:i:w:t:a:p:b:S:c:h o; do
	case $o in
	r) rounds=$OPTARG ;; s) seed=$OPTARG ;; i) init=$OPTARG ;; w) work=$OPTARG ;;
	t) train=$OPTARG ;; a) average=$OPTARG ;; p) group=$OPTARG ;; b) sbatch=$OPTARG ;; S) size=$OPTARG ;; c) classes=$OPTARG ;;
	h) usage; exit ;;
	:) wrong "-$OPTARG needs an argument" ;;
	*) wrong "there is no option -$OPTARG" ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || wrong "needs a DATASET"
[[ $rounds =~ ^[1-9][0-9]{0,4}$ ]] || wrong "-r takes the number of rounds, not '$rounds'"
[[ $seed =~ ^(0|[1-9][0-9]{0,8})$ ]] || wrong "-s takes a whole number of up to nine digits, not '$seed'"
[[ $group =~ ^(0|[1-9][0-9]{0,8})$ ]] || wrong "-p takes a number of clients, not '$group'"
for dataset; do
	[ -e "$dataset/labels.npy" ] || fail "$dataset: no dataset (no labels.npy in it)"
	[[ $dataset != *$'\n'* ]] || fail "a dataset whose name has more than one line"
done
command -v sbatch >/dev/null || fail "sbatch is not installed here: run it on a node that submits jobs"

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work/0" "$work/log"
work=$(cd "$work" && pwd)

# ---- what the federation is ----

{
	echo "seed $seed, init ${init:-aml-init}, size $size, classes $classes, train: $train, average: $average"
	for dataset; do
		(cd "$dataset" && pwd)
	done
} >"$work/options.new"
if [ -e "$work/options" ] && ! cmp -s "$work/options" "$work/options.new"; then
	rm "$work/options.new"
	fail "$work holds a federation of other options or datasets; remove it or choose another -w"
fi
tail -n +2 "$work/options.new" >"$work/datasets.new"
mv "$work/datasets.new" "$work/datasets"
mv "$work/options.new" "$work/options"
if [ ! -e "$work/0/global.npz" ]; then
	if [ -n "$init" ]; then
		cp "$init" "$work/0/global.npz.new" && mv "$work/0/global.npz.new" "$work/0/global.npz"
	else
		aml-init -s "$seed" --size "$size" --classes "$classes" "$work/0/global.npz"
	fi
fi

# ---- its jobs ----

# submit NAME LOG AFTER OPTION... SCRIPT ARGUMENT...: sets $job to the id, and says so
submit() {
	local name=$1 log=$2 after=$3
	shift 3
	job=$(sbatch --parsable --requeue --job-name="$name" --output="$work/log/$log.txt" --open-mode=append $sbatch \
		${after:+--dependency=afterok:$after --kill-on-invalid-dep=yes} "$@")
	job=${job%%;*}
	jobs+=("$job")
	printf '%-10s %s\n' "$job" "$name"
}

after='' jobs=()
for round in $(seq 1 "$rounds"); do
	[ -e "$work/$round/global.npz" ] && continue
	mkdir -p "$work/$round"
	# Slurm sends USR1 60 s before the time limit, and aml-train saves its checkpoint
	submit "train-$round" "train-$round-%a" "$after" --array="0-$(($# - 1))" --signal=USR1@60 "$here/train.sh" "$work" "$round" \
		$((seed + round)) $train
	[ "$group" -eq 0 ] || submit "sums-$round" "sums-$round-%a" "$job" --array="0-$((($# - 1) / group))" "$here/average.sh" "$work" "$round" \
		"$group" $average
	submit "average-$round" "average-$round" "$job" "$here/average.sh" "$work" "$round" "$group" $average
	after=$job
done
if [ ${#jobs[@]} -eq 0 ] && [ -e "$work/table.tsv" ] && [ "$work/table.tsv" -nt "$work/$rounds/global.npz" ]; then
	echo "all $rounds rounds are done; the model is $work/$rounds/global.npz"
	cat "$work/table.tsv"
	exit
fi
submit table table "$after" "$here/table.sh" "$work" "$rounds" "$here/../federation-report.sh"

cat <<TEXT

Submitted ${#jobs[@]} jobs for $rounds rounds of $# clients.
  watch     squeue --me
  logs      $work/log
  stop      scancel ${jobs[*]}
  go on     run the same command again
  result    $work/$rounds/global.npz, $work/table.tsv and report.txt
TEXT
