#!/usr/bin/env bash
# aml-curve: learning curves of training logs.
. "${0%/*}/../lib.sh"

# log EPOCHS START: one that falls from START
log() {
	printf 'epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n'
	awk -v n="$1" -v s="$2" 'BEGIN {
		OFS = "\t"
		for (e = 1; e <= n; e++)
			print e, s / e, 1 - s / e / 4, s / e + (e - 5) ^ 2 / 100, .5 - (e - 4) ^ 2 / 100
	}'
}

log 8 2 >a.tsv
log 12 3 >b.tsv
printf 'epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n1\t2\t.5\t-\t-\n2\tnan\t.5\t\t\n' >plain.tsv

run aml-curve a.tsv 'The other=b.tsv' plain.tsv
exits 0 "a summary"
stderr_is_empty "a summary"
check "two lines a log" test "$(wc -l <"$out")" -eq 7
check "last epoch" grep -q '^a  *last  *8  *0.2500 ' "$out"
check "best epoch by validation" grep -q '^a  *best  *7 ' "$out"
check "a name of its own" grep -q '^The other  *last  *12 ' "$out"
check "best by training where there was no validation" grep -q '^plain  *best  *1  *2.0000  *0.5000  *-  *-$' "$out"
run aml-curve - <a.tsv
check "standard input" grep -q '^-  *last  *8 ' "$out"

run aml-curve -o x.svg a.tsv b.tsv plain.tsv
exits 0 "SVG"
if command -v xmllint >/dev/null; then
	run xmllint --noout x.svg
	exits 0 "SVG is well-formed"
else
	skip "no xmllint"
fi
check "both panels" test "$(grep -c -e '>accuracy</text>' -e '>loss (cross-entropy)</text>' x.svg)" -eq 2
run aml-curve -f svg a.tsv b.tsv plain.tsv
same "$out" x.svg "SVG on standard output"
run aml-curve -m loss -o loss.svg a.tsv
check "one panel" test "$(grep -c -e '>accuracy</text>' -e '>loss (cross-entropy)</text>' loss.svg)" -eq 1
run aml-curve --unit round --from-zero -f svg plain.tsv
check "--unit and --from-zero" test \
	"$(grep -oE '>(round|0\.0)</text>' "$out" | sort | uniq -c | awk '{ printf "%s%s ", $1, $2 }')" = "2>0.0</text> 2>round</text> "
check "no entry for lines that are not there" test "$(grep -c -e '>validation</text>' -e '>best ' "$out")" -eq 0
run aml-curve -o x.png a.tsv b.tsv plain.tsv
exits 0 "PNG"
run aml-curve -f png a.tsv b.tsv plain.tsv
same "$out" x.png "the same PNG again"
cp a.tsv 'with=sign.tsv'
run aml-curve '=with=sign.tsv'
check "an empty name is none" grep -q '^with=sign  *last' "$out"

run aml-curve
wrong_usage "missing operand" "no log"
run aml-curve -o x.gif a.tsv
wrong_usage "x.gif" "another ending"
run aml-curve a.tsv missing.tsv
fails_with "missing.tsv: No such file" "a file that is missing"
head -n 1 a.tsv >empty.tsv
run aml-curve empty.tsv
fails_with "empty.tsv: no epochs" "a log without epochs"
cut -f 1-4 a.tsv >narrow.tsv
run aml-curve narrow.tsv
fails_with "narrow.tsv: line 1: no column 'valid_accuracy'" "a column that is missing"
{ cat a.tsv && echo broken; } >broken.tsv
run aml-curve -o broken.svg broken.tsv
fails_with "broken.tsv: line 10: 1 columns, expected 5" "a broken line"
check "nothing is left" test ! -e broken.svg
end
