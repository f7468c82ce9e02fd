#!/usr/bin/env bash
# What is on disk after a power cut: the order of the system calls that write, sync and rename outputs.
. "${0%/*}/../lib.sh"
. "$TESTS/small.sh"
. "$TESTS/traced.sh"

# calls COMMAND...: its writes, syncs and renames of files below here, one a line, repeated ones once; a temporary
# file is called after what it becomes
calls() {
	run strace -f -y -s 0 -e trace=write,pwrite64,writev,fsync,fdatasync,syncfs,rename,renameat,renameat2 -o ../trace "$@"
	sed -E "s|^[0-9]+ +||; s|$PWD|.|g; s|\"\./|\"|g; /^p?write/s|^p?writev?(64)?\([0-9]+<([^>]*)>.*|write \2|
		s|^(f[a-z]*sync\|syncfs)\([0-9]+<([^>]*)>.* = 0$|\1 \2|; s|^rename[at2]*\(.*\"([^\"]*)\"[^\"]*\) = 0$|rename ./\1|
		s|/\.([^/ ]*)\.aml-[A-Za-z0-9]{6}$|/\1|" ../trace | grep -E '^[a-z]+ \.(/|$)' | uniq
}

make_small
aml-train -q -d data -b 8 start.npz a.npz
mkdir model state
round=(aml-fedavg -q --server-opt adam --previous start.npz --state state/adam -o model/new.npz a.npz)
"${round[@]}"
cp model/new.npz want.npz
cp state/adam want.state
rm model/* state/*

# The model is on disk, by its name, before anything of the state has one.
cat >../want <<-'CALLS'
	write ./model/new.npz
	fsync ./model/new.npz
	rename ./model/new.npz
	fsync ./model
	write ./state/adam
	fsync ./state/adam
	rename ./state/adam
	fsync ./state
CALLS
calls "${round[@]}" >../got
exits 0 "a round with a state"
same ../want ../got "the model is written, synced, renamed, its folder synced, and then the state"
diff ../want ../got | sed 's/^/# /'
same want.npz model/new.npz "the model of a round that nobody watches"
same want.state state/adam "and the state"

clear() { rm -rf model state && mkdir model state; }
# with INJECTION: a round in which strace does this to a call
with() { run strace -f -o /dev/null -e inject="$1" "${round[@]}"; }

# Ended at each of these calls, as by a power cut: the same command again does the rest.
for at in fsync:1 rename:1 fsync:2 fsync:3 rename:2 fsync:4; do
	clear
	call=${at%:*} n=${at#*:}
	{ with "$call:signal=KILL:when=$n"; } 2>/dev/null
	exits 137 "killed at $call $n"
	check "killed at $call $n: no state without its model" test -e model/new.npz -o ! -e state/adam
	run "${round[@]}"
	exits 0 "the same command after $call $n"
	same want.npz model/new.npz "after $call $n: the model"
	same want.state state/adam "after $call $n: the state"
done

# A disk that fails, at the same calls: told, and nothing has another name than it should.
for at in fsync:1 rename:1 fsync:3 rename:2; do
	clear
	call=${at%:*} n=${at#*:}
	with "$call:error=EIO:when=$n"
	fails_with "Input/output error" "$call $n fails"
	check "$call $n fails: no state" test ! -e state/adam
	check "$call $n fails: nothing temporary" test -z "$(find model state -name '.*')"
done

# A disk that fails under the log: a row that is counted is on disk.
run strace -f -o /dev/null -e inject=fdatasync:error=EIO:when=2 aml-train -q -d data -b 8 -e 2 --log log.tsv start.npz logged.npz
fails_with "log.tsv: Input/output error" "a row that does not reach the disk"
end
