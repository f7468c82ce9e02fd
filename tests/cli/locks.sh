#!/usr/bin/env bash
# Two processes on one target at the same time: one is refused in a line, or comes after the other; what is there is of one of them.
. "${0%/*}/../lib.sh"
. "$TESTS/small.sh"

make_small
for seed in 1 2; do
	aml-train -q -e 1 -b 4 -s $seed -d data start.npz client$seed.npz
done
tries=6 refused=0

# both TARGET COMMAND COMMAND [TEXT]: in shell, at once; one that fails says that TARGET is in use, or TEXT if it came after
# the other
both() {
	local target=$1 first second
	sh -c "$2" >out.1 2>err.1 &
	first=$!
	sh -c "$3" >out.2 2>err.2 &
	second=$!
	wait $first
	first=$?
	wait $second
	second=$?
	command="$2 & $3" status=$first/$second
	cat out.1 out.2 >"$out"
	cat err.1 err.2 >"$err"
	[ $status != 0/0 ] || return
	if [ $((first + second)) -eq 1 ] && one_line "$target: in use by another process"; then
		refused=$((refused + 1))
	elif [ $((first + second)) -ne 1 ] || [ -z "${4-}" ] || ! one_line "$4"; then
		fail "$target: two at once"
	fi
}

# left WHAT: no lock and no temporary is
left() { check "$1: nothing is left" test -z "$(find . -name '*.lock' -o -name '.*.??????' -o -name '*.partial.*')"; }

train="aml-train -q -d data -b 8 -e 2"
for _ in $(seq $tries); do
	rm -f log.tsv
	both log.tsv "$train --log log.tsv start.npz x.npz" "$train --log log.tsv start.npz y.npz"
	case $(column 1 log.tsv | xargs) in
	"1 2" | "1 2 1 2") ;;
	*) fail "a log of two runs: $(column 1 log.tsv | xargs)" ;;
	esac
done
left "a log"

$train start.npz want.npz
for _ in $(seq $tries); do
	rm -f ck x.npz y.npz
	both ck "$train --checkpoint ck start.npz x.npz" "$train --checkpoint ck start.npz y.npz"
	for made in x.npz y.npz; do
		[ ! -e $made ] || cmp -s $made want.npz || fail "$made of two runs with a checkpoint"
	done
done
left "a checkpoint"

for _ in $(seq $tries); do
	rm -f fedn.npz-metadata
	: >fedn.npz
	both fedn.npz "$train start.npz fedn.npz" "$train -s 3 start.npz fedn.npz"
	[ "$(cat fedn.npz-metadata)" = "$(facts fedn.npz)" ] || [ $status = 0/0 ] || fail "metadata of another run"
done
left "OUT and OUT-metadata"

round="aml-fedavg -q --equal --server-opt adam --previous start.npz --state state"
for _ in $(seq $tries); do
	rm -f state round.npz
	sh -c "$round -o round.npz client1.npz client2.npz" 2>err.1 &
	first=$!
	sh -c "$round -o round.npz client1.npz" 2>err.2 &
	second=$!
	wait $first
	first=$?
	wait $second
	second=$?
	cat err.1 err.2 >"$err"
	command="two rounds with one state" status=$first/$second
	# the one that comes after the other finds a state of the next round
	if [ $first = $second ] || ! one_line state || ! grep -aq "$(fact round.npz weights)" state; then
		fail "state and model are of one round"
	fi
	! grep -q 'in use by' "$err" || refused=$((refused + 1))
done
left "a state"

for _ in $(seq $tries); do
	rm -rf made moved parts.1 parts.2
	cp -r data moved
	both made "aml-downsample -q -s 20 --classes $SMALL_CLASSES -o made cells" \
		"aml-downsample -q -s 20 --classes $SMALL_CLASSES -o made cells" "made: the folder is not empty"
	diff -r data made >/dev/null || fail "a dataset that two make"
	both moved "aml-partition -q -n 2 --move moved parts.1" "aml-partition -q -n 2 --move moved parts.2" \
		"moved: No such file or directory"
	[ "$(find parts.* -path '*/data_singlets/*' | wc -l)" -eq 48 ] || fail "a dataset that two move"
done
left "datasets"

# what needs no lock: the file of one of them, whole
for _ in $(seq $tries); do
	both x.tsv "aml-eval -q -d data -p x.tsv client1.npz" "aml-eval -q -d data -p x.tsv client2.npz"
	if [ $status != 0/0 ] || [ "$(wc -l <x.tsv)" -ne 49 ]; then
		fail "a file that two write"
	fi
done
left "files"
check "two at once were refused ($refused times)" test $refused -gt 0
end
