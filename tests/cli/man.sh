#!/usr/bin/env bash
# Manual pages: the options are those of --help, and the examples run as they stand.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/ready.sh
. "$TESTS/ready.sh"

# Options as "s seed=SEED", one a line, from a page's .It lines and from --help.
page_options() {
	awk '
	$1 == ".Sh" { inside = $2 == "OPTIONS" }
	inside && $1 == ".It" && $2 == "Fl" {
		letter = ""; word = $3; i = 4
		if (word !~ /^-/) { letter = word; i = 4; if ($i == ",") i++; if ($i == "Fl") i++; word = $i; i++ }
		arg = ""
		for (; i <= NF; i++)
			if ($i != "Ar" && $i != "Cm" && $i != "Ns" && $i != "No" && $i != "=" && $i != "Op")
				arg = arg $i
		sub(/^-/, "", word)
		print letter " " word (arg == "" ? "" : "=" arg)
	}' "$1" | sed 's/\\//g; s/&//g; s/==*/=/'
}

help_options() {
	awk '/^  -., --|^      --/ {
		letter = substr($1, 1, 2) == "--" ? "" : substr($1, 2, 1)
		word = letter == "" ? $1 : $2
		print letter " " substr(word, 3)
	}' "$1"
}

# The shell commands of EXAMPLES: its literal displays, mdoc escapes undone.
page_examples() {
	awk '
	$1 == ".Sh" { inside = $2 == "EXAMPLES" }
	inside && $1 == ".Bd" { show = 1; next }
	inside && $1 == ".Ed" { show = 0; next }
	show' "$1" | sed 's/^\\&//; s/\\&//g; s/\\-/-/g; s/\\(aq/'\''/g; s/\\(dq/"/g; s/\\(ti/~/g; s/\\(ha/^/g; s/\\(ga/`/g; s/\\e/\\/g'
}

run make_ready
exits 0 "what the examples need"
mkdir ../ready && cp -r . ../ready

for page in "$TOP"/man/*.[17]; do
	name=${page##*/}
	page_examples "$page" >../commands
	check "$name has examples" test -s ../commands
	rm -rf ../page && cp -r ../ready ../page && cd ../page || exit 1
	run timeout 120 bash -eu ../commands
	exits 0 "$name: its examples"
	cd ../work || exit 1
done

for tool in "$BIN"/aml-*; do
	name=${tool##*/}
	page=$TOP/man/$name.1
	check "$name has a page" test -e "$page"
	[ -e "$page" ] || continue
	"$name" --help | help_options /dev/stdin | grep -v -e '^h help$' -e '^ version$' >../expected
	page_options "$page" | grep -v -e '^h help$' -e '^ version$' >../got
	run diff ../expected ../got
	check "$name: OPTIONS are those of --help: $(paste -s -d ' ' "$out")" test ! -s "$out"
done
end
