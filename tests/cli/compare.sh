#!/usr/bin/env bash
# aml-compare: two models on the same images; what it refuses. The figures are test_compare's.
. "${0%/*}/../lib.sh"

fifteen=$DATA/report/fifteen.tsv

# Predictions of N images of three classes: B is right where A is wrong on every eighth.
made() {
	awk -v which="$1" -v n="$2" 'BEGIN {
		split("A B C", code, " ")
		print "id\ttrue\tpredicted\tA\tB\tC"
		for (k = 0; k < n; k++) {
			i = which == "b" ? k * 7 % n : k
			actual = i % 3
			right = i % 4 != 0 || (which == "b" && i % 8 == 0)
			got = right ? actual : (actual + 1 + i % 2) % 3
			printf "image %d\t%s\t%s", i, code[actual + 1], code[got + 1]
			for (j = 0; j < 3; j++)
				printf "\t%s", j == got ? .5 + i % 5 / 10 : (.5 - i % 5 / 10) / 2
			print ""
		}
	}'
}
made a 200 >a.tsv
made b 200 >b.tsv

run aml-compare a.tsv b.tsv
exits 0 "a comparison"
stderr_is_empty "a comparison"
check "its first line is the result" test "$(head -n 1 "$out")" = \
	"B is right on 25 more of 200 images than A (difference 0.125, 95 % 0.079 to 0.175; p < 0.001): B is better."
check "a line for each class, twice" test "$(grep -c '^[ABC]  ' "$out")" -eq 6
cp "$out" first.txt
run aml-compare -j 3 a.tsv b.tsv
same first.txt "$out" "the same with three threads"
run aml-compare - b.tsv <a.tsv
same first.txt "$out" "the first from standard input"
run aml-compare a.tsv - <b.tsv
same first.txt "$out" "or the second"
run aml-compare b.tsv a.tsv
check "the other way round" test "$(head -n 1 "$out")" = \
	"A is right on 25 more of 200 images than B (difference -0.125, 95 % -0.175 to -0.079; p < 0.001): A is better."
run aml-compare -o out.txt a.tsv b.tsv
same first.txt out.txt "into a file"
run aml-compare "$fifteen" "$fifteen"
check "a model and itself" grep -q "^A and B are right on equally many of 120 images .*: no difference can be shown\.\$" "$out"

# ---- groups ----
run aml-compare -g 'not A=B,C' --group=last=C a.tsv b.tsv
exits 0 "groups"
check "a line for each group, twice" test "$(grep -c -e '^not A  ' -e '^last  ' "$out")" -eq 4
printf 'group\tclasses\nnot A\tB,C\nlast\tC\n' >groups.tsv
cp "$out" groups.txt
run aml-compare --groups groups.tsv a.tsv b.tsv
same groups.txt "$out" "the same from a file"

# ---- JSON ----
run aml-compare --json -g ends=A,C a.tsv b.tsv
exits 0 "JSON"
value() { tr -d '\n' <"$out" | sed 's/  */ /g' | grep -o "$1" | head -n 1; }
check "accuracies" test "$(value '"accuracy_a": [0-9.]*, "accuracy_b": [0-9.]*')" = '"accuracy_a": 0.75, "accuracy_b": 0.875'
check "their difference" test -n "$(value '"difference": { "value": 0.125, "low": 0.07[0-9]*, "high": 0.17[0-9]* }')"
check "the test" test -n "$(value '"mcnemar_p": 5.96[0-9]*e-08')"
check "a class" test -n "$(value '"A": { "n": 67, "auc_a": 0[0-9.]*, "auc_b": 0[0-9.]*, "difference": { "value": 0[0-9.]*, "low"')"
check "a group" test -n "$(value '"by_group": { "ends": { "n": 133, "auc_a": 0')"
sed 's/A\tB\tC$/A\tB\tD/; s/\tC\t/\tA\t/; s/\tC\t/\tA\t/' a.tsv >without.tsv
run aml-compare --json without.tsv without.tsv
check "a class without images" test -n "$(value '"D": { "n": 0, "auc_a": null, "auc_b": null, "difference": null, "p": null')"

# ---- patients ----
awk -F '\t' 'NR > 1 { print $1 "\t" $1 }' a.tsv >each.tsv
run aml-compare --json --patients each.tsv a.tsv b.tsv
check "patients of one image" test -n "$(value '"mcnemar_p": 5.96[0-9]*e-08, "test": "signs of patients"')"
check "are counted" test -n "$(value '"patients": 200')"
awk -F '\t' -v OFS='\t' 'NR > 1 { sub(/image /, "", $1); print "image " $1, "p" $1 % 5 }' a.tsv >five.tsv
run aml-compare --patients five.tsv a.tsv b.tsv
check "five patients show nothing" grep -q "p = 0.062): no difference can be shown\.\$" "$out"
stdout_has "Intervals and tests are over 5 patients."

# ---- what is refused ----
head -n 100 b.tsv >less.tsv
run aml-compare a.tsv less.tsv
fails_with "less.tsv: no image 'image " "an image that only the first has"
run aml-compare less.tsv b.tsv
fails_with "less.tsv: no image 'image " "an image that only the second has"
sed '2s/\tA\t/\tB\t/' a.tsv >truth.tsv
run aml-compare a.tsv truth.tsv
fails_with "truth.tsv: image 'image 0' is of class B, in a.tsv of class A" "another truth"
run aml-compare a.tsv "$fifteen"
fails_with "fifteen.tsv: its classes are" "other classes"
head -n 1 a.tsv >none.tsv
run aml-compare none.tsv none.tsv
fails_with "none.tsv: no images" "no images"
sed '3s/image 1/image 0/' a.tsv >twice.tsv
run aml-compare twice.tsv b.tsv
fails_with "twice.tsv: has the id 'image 0' twice" "an id twice"
run aml-compare -g x=E a.tsv b.tsv
fails_with "group 'x': no class 'E'" "a group of no class"
run aml-compare --patients missing.tsv a.tsv b.tsv
fails_with "missing.tsv: No such file" "no file of patients"
head -n 10 each.tsv >few.tsv
run aml-compare --patients few.tsv a.tsv b.tsv
fails_with "few.tsv: no group for 'image " "an image without a patient"
sed 's/\t.*/\tp/' each.tsv >one.tsv
run aml-compare --patients one.tsv a.tsv b.tsv
fails_with "one.tsv: a single patient: nothing can be said of others" "one patient"
run aml-compare a.tsv - </dev/null
fails_with "standard input: empty" "an empty file"

# ---- usage ----
run aml-compare a.tsv
wrong_usage "missing operand" "one file"
run aml-compare --resamples 3 a.tsv b.tsv
wrong_usage "--resamples takes N from 100 to 100000" "three resamples"
end
