#!/usr/bin/env bash
# Runs the commands of README's tutorial as they are printed, in a copy without anything else, and looks at what README promises of
# them; then the demo, against what README shows of it, and the installation, in a folder.
# shellcheck disable=SC2317 # run_rows calls the functions
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/printed.sh
. "$TESTS/printed.sh"
# shellcheck source=tests/stand_ins.sh
. "$TESTS/stand_ins.sh"

rows() {
	cat <<-'TABLE'
	README.md | PATH=$PWD/build/release:$PATH | collect
	README.md | aml-init -s 1 round0.npz      | collect
	README.md | for round in $(seq 12); do    | collect
	README.md | aml-confmat -o matrix.svg     | collect
	README.md | $ git clone https://ADDRESS   | demo
	README.md | sh examples/setup.sh          | install_there
	TABLE
}

collect() { cat "$1" >>commands; }

# numbers FILE: the table of the demo as accuracies, one a line
numbers() { grep -oE '0\.[0-9]{4}' "$1"; }

# Without the first of the lines after "$", whose address is none.
demo() {
	sed -n 's/^\$ //p' "$1" | sed 1d >demo-commands
	grep -v '^\$ ' "$1" >want
	run sh -eu demo-commands
	exits 0 "$(cat demo-commands)"
	same <(sed 's/0\.[0-9]*/N/g' want) <(sed "s,in $PWD/,in [...]/,; s/0\.[0-9]*/N/g" "$out") "it says what README shows"
	# shellcheck disable=SC2016 # awk's
	check "accuracies within a tenth of README's: $(numbers "$out" | paste -s -d ' ')" \
		awk 'NR == FNR { want[FNR] = $1; next } { d = $1 - want[FNR]; bad += d * d > .01 } END { exit !(FNR == 6 && !bad) }' \
		<(numbers want) <(numbers "$out")
}

# Root's folders are those below root/. Without optimisation, to save time.
install_there() {
	local name
	mkdir -p fresh
	for name in Makefile examples libcore man tests tools; do ln -s "$TOP/$name" "fresh/$name"; done
	stand_in sudo <<-SH
		#!/bin/sh
		DESTDIR='$PWD/root' exec "\$@"
	SH
	cd fresh && CFLAGS=-O0 MAKEFLAGS=-j2 run sh -eu "$1"
	cd .. && exits 0 "$(paste -s -d ';' "$1")"
	check "the installed tools run" grep -q "^aml-train " <(root/usr/local/bin/aml-train --version)
	check "with their manual" test -e root/usr/local/share/man/man1/aml-train.1
}

mkdir -p build && ln -s "$BIN" build/release
ln -s "$TOP/examples" examples
# shellcheck disable=SC2119 # all of them
run_rows
sed -n '/^## The tutorial, step by step/,/^## The tools/p' "$TOP/README.md" >section
check "README has its commands" test "$(grep -c '^	*aml-' commands)" -ge 10
run sh -eu commands
exits 0 "all of them, one after the other"
[ "$status" -eq 0 ] || end
cat "$out" "$err" >printed           # the report of aml-eval -p is on standard error

mapfile -t accuracy < <(sed -n 's/^all .* accuracy \([0-9.]*\) .*/\1/p' printed)
alone=$(sed -n 's/^The first line has the accuracy on the fourth part: \(\.[0-9]*\)\.$/\1/p' section)
least=$(sed -n 's/.* and \(\.[0-9]*\) at least).*/\1/p' section)
check "two models were judged" test ${#accuracy[@]} -eq 2
check "README promises something" test -n "$alone" -a -n "$least"
check "the federated model has ${accuracy[1]}, at least $least" awk "BEGIN { exit !(${accuracy[1]} >= $least) }"
check "more than one clinic alone, ${accuracy[0]}" awk "BEGIN { exit !(${accuracy[1]} > ${accuracy[0]}) }"
check "which is near README's $alone" awk "BEGIN { d = ${accuracy[0]} - $alone; exit !(d * d < .01) }"
check "each part has 150 images" test "$(grep -c '^partition[0-3]	150	' printed)" -eq 4
check "the classes of the images" test "$(wc -l <build/tutorial/classes.tsv)" -eq $((1 + $(find -L examples/demo-cells/EOS -name '*.tiff' | wc -l)))
check "the matrix and the export" test -s build/tutorial/matrix.svg -a -d build/tutorial/models/1
check "where the model comes from" grep -q '^parents' printed
end
