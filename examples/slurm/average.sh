#!/usr/bin/env bash
# Averages the models of one round; submitted by federate.sh: average.sh WORK ROUND
#SBATCH --ntasks=1
set -euo pipefail
work=$1 round=$2
models=()
for client in $(seq 0 $(($(wc -l <"$work/datasets") - 1))); do
	models+=("$work/$round/client$client.npz")
done
exec aml-fedavg -q -o "$work/$round/global.npz" "${models[@]}"
