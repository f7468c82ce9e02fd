#!/usr/bin/env bash
# Manual pages: the options are those of --help, and the examples run as they stand. What else they display is run, or said why not.
# shellcheck disable=SC2317 # run_rows calls the functions
. "${0%/*}/../lib.sh"
# shellcheck source=tests/printed.sh
. "$TESTS/printed.sh"
# shellcheck source=tests/stand_ins.sh
. "$TESTS/stand_ins.sh"
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

# Displays that are no part of the commands in EXAMPLES.
rows() {
	cat <<-'TABLE'
	man/aml-compare.1     | B is right on 31 more        | sentence
	man/aml-dataset.5     | DATASET/                     | dataset_files
	man/aml-dataset.5     | labels = np.load(            | = tests/peers/test_printed.py
	man/aml-downsample.1  | convert cell.bmp png:-       | converted
	man/aml-explain.1     | weight[k] = 1 / P            | - a formula
	man/aml-explain.1     | explains BAS, probability    | explained
	man/aml-export.1      | docker run --rm              | - needs Docker and the network
	man/aml-fedavg.1      | sha256sum <MODEL             | signed
	man/aml-fedavg.1      | s = min(1, B / |u|)          | - a formula
	man/aml-fedavg.1      | y = p + sum(n s (x - p))     | - a formula
	man/aml-fedavg.1      | d = y - w                    | - a formula
	man/aml-ledger.5      | tail -n 1 ledger             | chained
	man/aml-ledger.5      | jq -r '.round                | sites
	man/aml-predict.1     | {"file": "cell.tiff"         | predicted
	man/aml-predictions.5 | id        true  predicted    | matrix
	man/aml-predictions.5 | true\predicted               | matrix
	man/aml-serve.1       | {"model": {"name": "cells"   | cells_answered
	man/aml-shared.5      | aml-shared   1               | scored
	man/aml-weights.5     | with np.load("model.npz")    | = tests/peers/test_printed.py
	man/aml-weights.5     | import keras, numpy as np    | = tests/peers/test_printed.py
	man/aml-weights.5     | {'descr': '<f4'              | header
	TABLE
}

# The commands of EXAMPLES, without those that have a row.
page_examples() {
	local path section first file begins how named
	while IFS=$'\t' read -r path section first <&3; do
		named=0
		while IFS= read -r row; do
			if split_row "$row" && [ "$file" = "$1" ] && [[ $first == "$begins"* ]]; then named=1; fi
		done < <(rows)
		[ "$section" != EXAMPLES ] || [ $named = 1 ] || cat "$path"
	done 3< <(blocks_of "$1")
}

# blank: a line in which numbers, digests and codes of classes are as good as others
blank() { sed -E 's/[0-9]+(\.[0-9]+)?/N/g; s/\b[A-Z]{3}\b/CLASS/g; s/[A-Z]{3}_N/ID/g'; }

# tabbed FILE: the table with the tabs that the page shows as spaces
tabbed() { sed 's/  */\t/g' "$1"; }

# runs BLOCK: as it stands
runs() {
	run bash -eu "$1"
	exits 0 "$(cat "$1")"
}

sentence() {
	run aml-compare predictions.tsv better.tsv
	same <(blank <"$1") <(head -n 1 "$out" | blank) "aml-compare says it so"
}
dataset_files() {
	aml-downsample -q -s 20 --classes BAS,EOS,LYT,NGS -o all cells
	aml-partition -q -n 2 -S folds all one >/dev/null
	while read -r name _; do
		check "a dataset has $name" test -n "$(find -L one/partition0 -path "one/partition0/${name/ID/*}")"
	done < <(tail -n +2 "$1")
}
converted() {
	stand_in convert <<-SH
		#!/bin/sh
		cat '$DATA/images/grey8.png'
	SH
	runs "$1"
	check "an array" test "$(head -c 6 cell.npy | tail -c 5)" = NUMPY
}
explained() {
	run aml-explain -o where.png model.npz cell.tiff
	same <(blank <"$1") <(blank <"$err") "aml-explain says it so"
}
signed() {
	if ! command -v ssh-keygen >/dev/null; then
		skip "no ssh-keygen, no signatures"
		return
	fi
	ssh-keygen -q -t ed25519 -N '' -f KEY
	runs "$1"
	printf 'site\tkey\nhere\t%s\n' "$(cut -d ' ' -f 1,2 KEY.pub)" >roster.tsv
	run aml-fedavg -q --previous model.npz --roster roster.tsv -o signed.npz here=MODEL
	exits 0 "aml-fedavg takes the signature"
}
chained() {
	runs "$1"
	check "the model has the hash of the ledger's last line" grep -qa "\"ledger\": \"$(cut -d ' ' -f 1 "$out")\"" global.npz
}
sites() {
	if ! command -v jq >/dev/null; then
		skip "no jq here"
		return
	fi
	runs "$1"
	check "the sites of the round" test "$(cut -f 1,2 "$out" | paste -s -d ' ')" = "1	here 1	there"
}
predicted() {
	run aml-predict --json model.npz cell.tiff
	same <(blank <"$1") <(blank <"$out") "aml-predict --json says it so"
}
matrix() {
	tabbed "$1" >table.tsv
	run aml-confmat table.tsv
	exits 0 "aml-confmat reads it"
	check "and finds its classes" test "$(grep -oE 'BAS|EOS|LYT' "$out" | sort -u | wc -l)" -eq 3
}
# keys FILE: the names of a JSON text
keys() { grep -oE '"[a-z_0-9]+":' "$1" | sort -u; }
cells_answered() {
	local name
	for name in cell.tiff roster.tsv; do
		printf -- '--b\r\nContent-Disposition: form-data; name="f"; filename="%s"\r\n\r\n' "$name"
		cat "$name"
		printf '\r\n'
	done >form
	printf -- '--b--\r\n' >>form
	run env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST PATH_INFO=/cells QUERY_STRING='explain=1&preview=1' \
		CONTENT_TYPE='multipart/form-data; boundary=b' CONTENT_LENGTH="$(wc -c <form)" \
		aml-serve -m cells=model.npz --log requests.log <form
	same <(keys "$1" | grep -v note) <(keys "$out") "aml-serve answers so"
}
scored() {
	local bin
	for bin in {0..14}; do grep -q "^calibration  *$bin " "$1" || echo "calibration $bin 0 0 0 0"; done >empty
	{ sed '/^calibration/,$d' "$1"; grep -h ^calibration "$1" empty | sort -k 2,2n; sed '1,/^confidence/{/^confidence/!d}' "$1"; } >full
	tabbed full >shared.tsv
	run aml-score shared.tsv
	exits 0 "aml-score reads it"
	stdout_has "3 images"
}
header() { check "a weights file has it" grep -qaF "$(cat "$1")" wide.npz; }

run make_ready
exits 0 "what the examples need"
mkdir ../ready && cp -r . ../ready

aml-init wide.npz
awk -F '\t' 'BEGIN { OFS = FS } NR > 1 && $2 != $3 && n++ < 9 { $3 = $2; for (i = 4; i <= NF; i++) $i = column[i] == $2 }
	NR == 1 { for (i = 4; i <= NF; i++) column[i] = $i } { print }' predictions.tsv >better.tsv
aml-train -q -d dataset -b 8 model.npz MODEL
aml-train -q -d dataset -b 8 -s 2 model.npz second.npz
aml-fedavg -q --previous model.npz --ledger ledger -o global.npz here=MODEL there=second.npz
# shellcheck disable=SC2119 # all of them
run_rows
cp shared.tsv ../ready
for page in "$TOP"/man/*.[157]; do
	name=${page##*/}
	all_have_rows "man/$name" EXAMPLES
	page_examples "man/$name" >../commands
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
