#!/usr/bin/env bash
# aml-roc: curves, points and operating points of a class or group.
. "${0%/*}/../lib.sh"
fifteen=$DATA/report/fifteen.tsv

# table FILE: predictions of two classes and a rest, from lines "true score"; the rest of the score is split
table() {
	printf 'id\ttrue\tpredicted\tP\tQ\tR\n' >"$1"
	awk '{ printf "c%d\t%s\tP\t%.3f\t%.3f\t%.3f\n", NR, $1, $2, (1 - $2) / 2, (1 - $2) / 2 }' >>"$1"
}

# By hand: P above Q but for one pair of six.
printf '%s\n' 'P .9' 'P .8' 'Q .7' 'P .6' 'R .5' | table small.tsv
run aml-roc --class P small.tsv
exits 0 "a summary"
stderr_is_empty "a summary"
check "a line a table below the heading" test "$(wc -l <"$out")" -eq 2
check "its area, and the average precision" grep -qE '^small  5 +3  0\.833 \(0\.307-0\.981\) +0\.917$' "$out"
run aml-roc --class P --at-sensitivity 1 'x y=small.tsv' small.tsv
exits 0 "an operating point"
check "two tables of lines" test "$(wc -l <"$out")" -eq 7
check "sensitivity 1" grep -qE '^x y +0\.6  1\.000 \(0\.439-1\.000\)  0\.500 \(0\.095-0\.905\)  0\.750 \(0\.301-0\.954\)  1\.000 \(0\.207-1\.000\)$' "$out"
run aml-roc --class P --at-specificity 1 small.tsv
check "specificity 1" grep -qE '^small +0\.8  0\.667 .* 1\.000 .* 1\.000 .* 0\.667 ' "$out"
run aml-roc --class Q --at-specificity 1 small.tsv
check "nothing may be called positive" grep -qE '^small +inf  0\.000 \(0\.000-0\.793\)  1\.000 .*  +-  0\.800 ' "$out"

# Against awk: every pair, and every threshold. The blasts of a class list of fifteen.
run aml-roc -g blasts=MYO,MOB,PMO -f tsv blasts="$fifteen"
exits 0 "points"
cp "$out" points.tsv
awk -F '\t' 'NR == 1 { for (i = 4; i <= NF; i++) column[$i] = i; next }
	{ printf "%.17g %d\n", $column["MOB"] + $column["MYO"] + $column["PMO"], $2 ~ /^(MYO|MOB|PMO)$/ }' "$fifteen" >scores
awk '{ s[NR] = $1; p[NR] = $2; m += $2 }
	END {
		for (i = 1; i <= NR; i++) {
			tp = fp = 0
			for (j = 1; j <= NR; j++)
				if (s[j] - s[i] > -1e-12) { tp += p[j]; fp += !p[j] }
			printf "%d\t%d\n", tp, fp
		}
	}' scores | sort -nu -k 1,1 -k 2,2 >expected
tail -n +3 points.tsv | cut -f 3,4 | sort -nu -k 1,1 -k 2,2 >got
same got expected "a point at each score, with its counts"
check "from infinity" test "$(sed -n 2p points.tsv)" = "$(printf 'blasts\tinf\t0\t0\t0\t1\tnan')"
check "down to where all is positive" grep -qE '	1	0	[0-9.]+$' <(tail -n 1 points.tsv)
area=$(awk '{ s[NR] = $1; p[NR] = $2 }
	END {
		for (i in s) for (j in s) if (p[i] && !p[j]) {
			n++
			w += s[i] - s[j] > 1e-12 ? 1 : s[j] - s[i] > 1e-12 ? 0 : .5
		}
		printf "%.3f", w / n
	}' scores)
run aml-roc -g blasts=MYO,MOB,PMO "$fifteen"
check "the area is the share of pairs, $area" grep -q " $area (" "$out"

# wanted OPTION COLUMN S: the summary's threshold is that of the point which a search finds
wanted() {
	run aml-roc -g blasts=MYO,MOB,PMO "$1" "$3" x="$fifteen"
	exits 0 "$1 $3"
	point=$(tail -n +2 points.tsv | if [ "$2" -eq 6 ]; then tac; else cat; fi |
		awk -F '\t' -v column="$2" -v s="$3" '$column >= s { printf "%.9g %.3f %.3f", $2, $5, $6; exit }')
	got=$(awk '/^x/ { print $2, $3, $5 }' "$out" | tail -n 1)
	check "$1 $3: $got" test "$got" = "$point"
}
for share in 0.3 0.9 0.95 1; do
	wanted --at-sensitivity 5 $share
	wanted --at-specificity 6 $share
done

# Groups by file, and one class as group.
printf 'group\tclasses\nblasts\tMYO,MOB,PMO\nothers\tLYT\n' >groups.tsv
run aml-roc --groups groups.tsv -g blasts -f tsv "blasts=$fifteen"
same "$out" points.tsv "a group of a file"
aml-roc --class LYT -f tsv "x=$fifteen" >class.tsv
run aml-roc --groups groups.tsv -g others -f tsv "x=$fifteen"
same "$out" class.tsv "a group of one class is that class"
run aml-roc --class LYT -f tsv x=- <"$fifteen"
same "$out" class.tsv "standard input"
run aml-roc -o points2.tsv -g blasts=MYO,MOB,PMO blasts="$fifteen"
same points2.tsv points.tsv "the ending selects points"

# Figures.
for curve in roc pr; do
	run aml-roc --curve $curve -g blasts=MYO,MOB,PMO --at-sensitivity .9 -o $curve.svg "site=$fifteen" small=points.svg
	check "$curve: a table that is missing leaves no figure" test ! -e $curve.svg
	run aml-roc --curve $curve -g blasts=MYO,MOB,PMO --at-sensitivity .9 -o $curve.svg "site=$fifteen" "<b>=$fifteen"
	exits 0 "$curve: SVG"
	if command -v xmllint >/dev/null; then
		run xmllint --noout $curve.svg
		exits 0 "$curve: SVG is well-formed"
	else
		skip "no xmllint"
	fi
	check "$curve: two bands and their key" test "$(grep -c 'fill-opacity' $curve.svg)" -eq 3
	run aml-roc --curve $curve -g blasts=MYO,MOB,PMO --at-sensitivity .9 -f svg "site=$fifteen" "<b>=$fifteen"
	same "$out" $curve.svg "$curve: the same SVG on standard output"
	run aml-roc --curve $curve --class LYT -o $curve.png "$fifteen"
	exits 0 "$curve: PNG"
	check "$curve: PNG begins as one" test "$(head -c 4 $curve.png | od -An -c | tr -d ' ')" = 211PNG
done
check "the title names the group" grep -q '>ROC curve: blasts</text>' roc.svg
check "the legend has the area" grep -q ">AUC $area (" roc.svg
check "the other axes have their own" grep -q '>Precision-recall curve: blasts</text>' pr.svg
run aml-roc --class LYT -t 'My title' -f svg "$fifteen"
check "a title of one's own" grep -q '>My title</text>' "$out"
check "a class has its full name" test "$(aml-roc --class LYT -f svg "$fifteen" | grep -c ': lymphocyte (typical)</text>')" -eq 1

# 100,000 images: a drawing for the eye.
awk 'BEGIN { srand(1); for (i = 0; i < 100000; i++) { p = rand() < .1; print p ? "P" : "Q", p ? 1 - rand() ^ 2 : rand() ^ 2 } }' | table many.tsv
run aml-roc --class P -o many.svg many.tsv
exits 0 "100,000 images"
check "SVG of $(wc -c <many.svg) bytes" test "$(wc -c <many.svg)" -lt 100000
check "points of all distinct scores" test "$(aml-roc --class P -f tsv many.tsv | wc -l)" -eq $(($(tail -n +2 many.tsv | cut -f 4 | sort -u | wc -l) + 2))

# One kind only: beside others, not alone.
printf '%s\n' 'Q .4' 'R .3' | table negative.tsv
printf '%s\n' 'P .4' 'P .3' | table positive.tsv
run aml-roc --class P --at-sensitivity .9 small.tsv negative.tsv
exits 0 "a table without positives beside one with both"
check "has no area" grep -qE '^negative +2 +0 +- +-$' "$out"
run aml-roc --class P -f svg small.tsv negative.tsv
check "and no curve" grep -q '>no curve: no positives</text>' "$out"
run aml-roc --class P negative.tsv
fails_with "negative.tsv: none of its 2 images is positive" "no positives"
run aml-roc --class P -o x.svg positive.tsv
fails_with "positive.tsv: all of its 2 images are positive" "no negatives"

# What is refused.
run aml-roc --class XYZ "$fifteen"
fails_with "fifteen.tsv: no class 'XYZ'" "an unknown class"
run aml-roc -g blasts=MYO,XYZ "$fifteen"
fails_with "group 'blasts': no class 'XYZ'" "an unknown class of a group"
run aml-roc -g all=P,Q,R small.tsv
fails_with "group 'all' has all classes" "a group of all classes"
run aml-roc -g nothing small.tsv
fails_with "no group 'nothing': give its classes" "a group without classes"
run aml-roc --groups groups.tsv -g nothing "$fifteen"
fails_with "groups.tsv has no group 'nothing'" "a group that the file lacks"
run aml-roc --groups missing.tsv -g nothing "$fifteen"
fails_with "missing.tsv: No such file" "a file of groups that is missing"
run aml-roc --class P small.tsv "$fifteen"
fails_with "fifteen.tsv: its classes are" "other classes in the second table"
: >empty.tsv
run aml-roc --class P small.tsv empty.tsv
fails_with "empty.tsv: empty" "an empty table"
head -n 1 small.tsv >heading.tsv
run aml-roc --class P heading.tsv
fails_with "heading.tsv: no images" "a heading alone"
sed 's/0\.900/0.950/' small.tsv >sum.tsv
run aml-roc --class P sum.tsv
fails_with "sum.tsv: line 2: the probabilities add up to 1.05, not to 1" "probabilities that do not add up"
sed '3s/P/-/' small.tsv >unknown.tsv
run aml-roc --class P unknown.tsv
fails_with "unknown.tsv: line 3: the true class is unknown" "an image without a label"
run aml-roc small.tsv
wrong_usage "give either --class or --group" "neither class nor group"
run aml-roc --class P -g x=P small.tsv
wrong_usage "give either --class or --group" "both"
run aml-roc --class P --groups groups.tsv small.tsv
wrong_usage "--groups needs --group" "a file of groups without a group"
run aml-roc --class P --at-sensitivity .9 --at-specificity .9 small.tsv
wrong_usage "only one of --at-sensitivity" "two operating points"
run aml-roc --class P --at-sensitivity 1.1 small.tsv
wrong_usage "at-sensitivity" "a sensitivity above 1"
run aml-roc --class P -o x.gif small.tsv
wrong_usage "x.gif" "another ending"
run aml-roc --class P
wrong_usage "missing operand" "no table"
for format in svg png tsv; do
	run_to /dev/full aml-roc --class P -f $format small.tsv
	fails_with "No space left" "$format onto a full disk"
done
# Sites that hand out shared tables in place of predictions.
aml-score --share -g blasts=MYO,MOB,PMO -g lymphocytes=LYT,LYA "$fifteen" >site.shared
aml-roc -g blasts=MYO,MOB,PMO "all=$fifteen" | awk 'NR == 2 { print $2, $3, $4 }' >want
# shellcheck disable=SC2016            # awk's fields
for group in blasts blasts=MYO,MOB,PMO; do
	run aml-roc -g "$group" site.shared
	exits 0 "$group of a shared table"
	check "as of the predictions, within a thousandth" awk 'NR == FNR { n = $1; m = $2; auc = $3; next }
		FNR == 2 { exit !($2 == n && $3 == m && ($4 - auc) ^ 2 <= 1e-6) }' want "$out"
done
run aml-roc -g blasts=MYO,MOB,PMO --at-sensitivity .9 -o both.svg site=site.shared pooled="$fifteen"
exits 0 "a shared table beside predictions"
run aml-roc -g blasts=MYO site.shared
fails_with "the shared table, which keeps the groups it was written with: its group 'blasts' has other classes" \
	"other classes than the table's group"
run aml-roc -g all site.shared
fails_with "site.shared: no group 'all'" "a group that the table lacks"
run aml-roc --class LYT site.shared
exits 0 "a class of a shared table"

end
