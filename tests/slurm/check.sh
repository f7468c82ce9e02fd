#!/usr/bin/env bash
# Three clients, three rounds on a real one-node Slurm, one task killed once: check.sh (as root; installs Slurm if missing)
. "$(dirname "$0")/../lib.sh"
SLURM=$SCRATCH/slurm
PORT=22022
TRAIN="-e 12 -b 8"                # long enough for a task to be killed between two epochs
trap '"$TESTS/slurm/down.sh" "$SLURM" 2>/dev/null; kill "$(cat "$SCRATCH/sshd.pid")" 2>/dev/null; sleep 2; rm -rf "$SCRATCH"' EXIT

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
	run "$TOP/examples/slurm/federate.sh" -w federation -r 3 -s 0 -S 40 -p 2 -t "$TRAIN" -b "--time=30 --comment=cells" \
		parts/partition0 parts/partition1 parts/partition2
}

federate
exits 0 "three rounds are submitted"
check "with the options for sbatch" test "$(squeue -h -o %k | sort -u)" = cells
for _ in $(seq 6000); do                # one task of the second round, killed with its checkpoint on disk
	[ -e federation/2/client1.checkpoint ] && break
	sleep 0.1
done
check "a task of the second round is killed with its checkpoint" pkill -KILL -f 'federation/2/client1.checkpoint'
finish
check "it was requeued and went on" grep -q requeue federation/log/train-2-1.txt
check "clients were added up in two sums a round" test "$(grep -l ': averaged 2 sums' federation/log/average-?.txt | wc -l)" = 3
check "the last model is there" test -e federation/3/global.npz
check "each task's log has its result" test "$(grep -l '^round [123], .*: 12 epochs, loss' federation/log/train-*.txt | wc -l)" = 9
check "the table has each client" test "$(grep -c 'parts/partition[012]	' federation/table.tsv)" = 3

# The same in folders, and with one client behind ssh.
options=(CLIENTS="0 1 2" DATA_0="$PWD/parts/partition0" DATA_1="$PWD/parts/partition1" DATA_2="$PWD/parts/partition2"
	ROUNDS=3 SIZE=40 TRAIN="$TRAIN")
run make -s -f "$TOP/examples/federation.mk" WORK=folders "${options[@]}"
exits 0 "the same in folders"
same federation/3/global.npz folders/3/global.npz "Slurm and folders give the same bytes"

mkdir -p /run/sshd && ssh-keygen -q -t ed25519 -N '' -f "$SCRATCH/key"
cat >"$SCRATCH/sshd_config" <<CONF
ListenAddress 127.0.0.1:$PORT
HostKey $SCRATCH/key
AuthorizedKeysFile $SCRATCH/key.pub
PidFile $SCRATCH/sshd.pid
StrictModes no
PasswordAuthentication no
SetEnv PATH=$PATH
CONF
/usr/sbin/sshd -f "$SCRATCH/sshd_config" -E "$SCRATCH/sshd.log"
cat >"$SCRATCH/ssh" <<SSH
#!/bin/sh
exec ssh -q -F /dev/null -p $PORT -i $SCRATCH/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "\$@"
SSH
chmod +x "$SCRATCH/ssh"
run make -s -f "$TOP/examples/federation.mk" WORK=remote HOST_1="$(id -un)@127.0.0.1" SSH="$SCRATCH/ssh" "${options[@]}"
exits 0 "one client over ssh"
same folders/3/global.npz remote/3/global.npz "ssh and folders give the same bytes"
end
