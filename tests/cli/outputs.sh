#!/usr/bin/env bash
# Outputs of all tools: tried before the work, descriptors by their names, streams that are closed, terminals.
. "${0%/*}/../lib.sh"
. "$TESTS/small.sh"

make_small
aml-train -q -e 1 -b 4 -d data start.npz a.npz
aml-train -q -e 1 -b 4 -s 1 -d data start.npz b.npz
aml-eval -q -d data -p predictions.tsv a.npz 2>/dev/null
mkdir folder

# tried before the work: the input, which is missing, is not looked for
refuses_early() {
	run "$@"
	fails_with "no/such/file: No such file or directory" "$1: a target that cannot be made, before its input is read"
}
refuses_early aml-train -q -d missing missing.npz no/such/file
refuses_early aml-train -q -d missing --checkpoint no/such/file missing.npz out.npz
refuses_early aml-fedavg -o no/such/file missing.npz
refuses_early aml-eval -d missing missing.npz no/such/file
refuses_early aml-eval -d missing -p no/such/file missing.npz
refuses_early aml-delta -p missing.npz missing.npz no/such/file
refuses_early aml-export -f onnx -o no/such/file missing.npz
refuses_early aml-confmat -f svg -o no/such/file missing.tsv
refuses_early aml-score -o no/such/file missing.tsv
refuses_early aml-curve -f svg -o no/such/file missing.tsv
refuses_early aml-explain -f npy -o no/such/file missing.npz missing.tiff
refuses_early aml-init no/such/file
run aml-train -q -d missing missing.npz folder
fails_with "folder: Is a directory" "a target that is a folder"
check "nothing was made" test ! -e out.npz -a -z "$(find . -name '.*.??????')"

# descriptors
(echo a; aml-eval -q -d data -p /dev/stdout a.npz 2>/dev/null; echo b) >job.out
check "/dev/stdout goes on where the job's output is" test "$(head -n 1 job.out)/$(tail -n 1 job.out)" = a/b
sed '1d;$d' job.out >between.tsv
same between.tsv predictions.tsv "and all of it is there"
aml-init --size 20 --classes 3 -s 5 want.npz
aml-init --size 20 --classes 3 -s 5 /dev/fd/7 7>got.npz
same got.npz want.npz "/dev/fd/7 is descriptor 7"

# streams that are closed
run aml-fedavg --equal --previous start.npz -o want.npz a.npz b.npz
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	rm -f got.npz
	eval "aml-fedavg --equal --previous start.npz -o got.npz a.npz b.npz $closed" 2>/dev/null
	same got.npz want.npz "with $closed the output is whole"
done
run sh -c 'aml-info want.npz >&-'
fails_with "standard output: Bad file descriptor" "standard output is closed"
run sh -c 'aml-eval -q -d data a.npz >/dev/full'
fails_with "standard output: No space left on device" "a full disk is called one"

# links, and what they name
ln -s made.npz link.npz
run aml-init --size 20 --classes 3 -s 5 link.npz
check "a dangling link makes its target" test -L link.npz -a -f made.npz

# terminals: no binary
if script -qec true /dev/null >/dev/null 2>&1; then
	on_terminal() {
		run script -qec "$*" /dev/null </dev/null
		check "$1 sends nothing binary to a terminal" grep -q 'is a terminal, and what comes is binary' "$out"
	}
	on_terminal "aml-init"
	on_terminal "aml-fedavg --equal a.npz b.npz"
	on_terminal "aml-train -q -d data start.npz -"
	on_terminal "aml-delta -p start.npz a.npz"
	on_terminal "aml-explain -f npy -o - a.npz '$DATA/images/rgba_none.tiff'"
	on_terminal "aml-export -f onnx -o - a.npz"
	on_terminal "aml-downsample '$DATA/images/rgba_none.tiff'"
else
	skip "no script(1), no terminal"
fi
end
