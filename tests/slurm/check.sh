#!/usr/bin/env bash
# Three clients, three rounds on a real one-node Slurm, one task killed once: check.sh (as root; installs Slurm if missing)
. "$(dirname "$0")/../lib.sh"
SLURM=$SCRATCH/slurm
trap '"$TESTS/slurm/down.sh" "$SLURM" 2>/dev/null; rm -rf "$SCRATCH"' EXIT

aml-downsample -q -s 40 -t u1 -o cells "$TOP/examples/demo-cells"
aml-partition -n 3 -S dirichlet:1 -s 2 cells parts >parts.tsv
run "$TESTS/slurm/up.sh" "$SLURM"
exits 0 "Slurm comes up"
[ "$status" -eq 0 ] || end
export SLURM_CONF=$SLURM/slurm.conf

# finish JOB: waits until no job is left
finish() {
	for _ in $(seq 600); do
		[ -z "$(squeue -h)" ] && return
		sleep 0.5
	done
}

federate() {
	run "$TOP/examples/slurm/federate.sh" -w federation -r 3 -s 0 -S 40 -t "-e 40 -b 8" parts/partition0 \
		parts/partition1 parts/partition2
}

federate
exits 0 "three rounds are submitted"
for _ in $(seq 200); do                 # one task of the second round, killed with its checkpoint on disk
	[ -e federation/2/client1.checkpoint ] && break
	sleep 0.1
done
check "a checkpoint appears" test -e federation/2/client1.checkpoint
job=$(squeue -h -t R -n train-2 -o %A | head -n 1)
pkill -KILL -f 'client1.checkpoint' || true
sleep 1
if [ -n "$job" ] && [ -n "$(squeue -h)" ]; then
	ok "killed in the middle"
else
	ok "the task had ended"
fi
finish
if [ ! -e federation/3/global.npz ]; then       # what waited for the killed task was cancelled: submit what is missing
	federate
	finish
fi
check "the last model is there" test -e federation/3/global.npz

# The same in folders, and over ssh.
options=(CLIENTS="0 1 2" DATA_0="$PWD/parts/partition0" DATA_1="$PWD/parts/partition1" DATA_2="$PWD/parts/partition2"
	ROUNDS=3 SIZE=40 TRAIN="-e 40 -b 8")
run make -s -f "$TOP/examples/federation.mk" WORK=folders "${options[@]}"
exits 0 "the same in folders"
same federation/3/global.npz folders/3/global.npz "Slurm and folders give the same bytes"
end
