#!/usr/bin/env bash
# Averages the models of one round; submitted by federate.sh: average.sh WORK ROUND GROUP OPTION...
# As task K of an array it adds up GROUP clients, from GROUP * K on; without one it averages these sums, or, if GROUP is 0, the clients.
#SBATCH --ntasks=1
set -euo pipefail
work=$1 round=$2 group=$3
shift 3
clients=$(wc -l <"$work/datasets")

# numbered NAME FIRST LAST: these files of the round
numbered() {
	local k
	for k in $(seq "$2" "$3"); do
		files+=("$work/$round/$1$k.npz")
	done
}

files=() what=averaged out=$work/$round/global.npz of=models
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
	first=$((group * SLURM_ARRAY_TASK_ID)) last=$((group * SLURM_ARRAY_TASK_ID + group - 1))
	numbered client "$first" $((last < clients ? last : clients - 1))
	set -- --partial "$@"
	what="added up" out=$work/$round/sums$SLURM_ARRAY_TASK_ID.npz
elif [ "$group" -gt 0 ]; then
	numbered sums 0 $(((clients - 1) / group))
	of=sums
else
	numbered client 0 $((clients - 1))
fi
aml-fedavg --previous "$work/$((round - 1))/global.npz" "$@" -o "$out" "${files[@]}"
echo "round $round: $what ${#files[@]} $of in $SECONDS s"
