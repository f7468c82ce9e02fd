# shellcheck shell=bash
# Programs in place of those that need other machines, in the folder bin of the current one, which comes first on PATH.

# stand_in NAME: the text of the program is on standard input
stand_in() {
	mkdir -p bin
	cat >"bin/$1"
	chmod +x "bin/$1"
	case :$PATH: in *:$PWD/bin:*) ;; *) export PATH=$PWD/bin:$PATH ;; esac
}

# stand_in_ssh: each host is this one, but its files are in $HOST_ROOT
stand_in_ssh() {
	stand_in ssh <<'SH'
#!/bin/sh
shift
exec sh -c "$(printf '%s' "$1" | sed "s,/srv/,$HOST_ROOT/srv/,g")"
SH
}

# stand_in_sbatch: the tasks of a job, one after the other; its number is that of the calls until now, which are in $CALLS
stand_in_sbatch() {
	stand_in sbatch <<'SH'
#!/usr/bin/env bash
printf '%s\n' "$*" >>"$CALLS"
array=-
while [ $# -gt 0 ]; do
	case $1 in
	--array=*) array=${1#*=} ;;
	--output=*) log=${1#*=} ;;
	--*) ;;
	*) break ;;
	esac
	shift
done
[ ! -e "$CALLS.stop" ] || exit 1
for task in $(if [ "$array" = - ]; then echo -; else seq "${array%-*}" "${array#*-}"; fi); do
	if [ "$task" != - ]; then export SLURM_ARRAY_TASK_ID=$task; fi
	"$@" >>"${log/\%a/$task}" 2>&1
done
wc -l <"$CALLS" | tr -d ' '
SH
}
