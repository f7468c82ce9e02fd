#!/usr/bin/env bash
# Trains one client in one round; a task of the job array from federate.sh: train.sh WORK ROUND SEED OPTION...
#SBATCH --ntasks=1
set -uo pipefail
work=$1 round=$2 seed=$3
shift 3
client=${SLURM_ARRAY_TASK_ID:?run by federate.sh}
dataset=$(sed -n "$((client + 1))p" "$work/datasets")
out=$work/$round/client$client
if [ -e "$out.npz" ]; then
	echo "round $round, $dataset: was trained already"
	exit 0
fi

# In the background: Slurm signals the shell, not the program, and bash can only forward a signal while it waits.
aml-train -q -d "$dataset" -s "$seed" "$@" --checkpoint "$out.checkpoint" --log "$out.tsv" "$work/$((round - 1))/global.npz" "$out.npz" &
trap 'kill -USR1 $!' USR1 TERM
wait $!
status=$?
while kill -0 $! 2>/dev/null; do
	wait $!
	status=$?
done
# 75: stopped after saving. Above 128: killed, by the memory limit or by hand; retried up to three times.
if [ $status -eq 75 ] || { [ $status -gt 128 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; }; then
	echo "requeue: exit $status"
	scontrol requeue "${SLURM_ARRAY_JOB_ID}_$client"
	exit 0
fi
if [ $status -eq 0 ]; then
	rm -f "$out.checkpoint"
	result=$(awk -F '\t' 'NR > 1 { last = ", loss " $2 ", accuracy " $3 } END { printf "%d epochs%s", NR - 1, last }' "$out.tsv")
	echo "round $round, $dataset: $result, $SECONDS s"
else
	echo "round $round, $dataset: failed, exit status $status"
fi
exit $status
