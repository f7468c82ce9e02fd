#!/usr/bin/env bash
# aml-confmat: table, report, counts and figures of predictions and count tables.
. "${0%/*}/../lib.sh"
report=$DATA/report
fifteen=$report/fifteen.tsv

# For the eye.
run aml-confmat "$fifteen"
exits 0 "a table"
stderr_is_empty "a table"
stdout_has "120 images, accuracy"
check "a row a class, header, total, precision, and the sum below" test "$(wc -l <"$out")" -eq 20
check "no line ends in a blank" test "$(grep -c ' $' "$out")" -eq 0
row=$(awk '$1 == "PMO" && $17 > 0 { print $17 }' "$out")
want=$(awk -F '\t' '$2 == "PMO" { n++ } END { print n }' "$fifteen")
check "PMO: $row in the total column, $want in the file" test "$row" = "$want"

# scikit-learn's report.
for name in fifteen tie absent many wrong; do
	run aml-confmat --report "$report/$name.tsv"
	exits 0 "report of $name"
	same "$out" "$report/$name.report" "report of $name, byte for byte"
done
run aml-confmat --report -o report.txt "$fifteen"
exits 0 "report into a file of any name"
same report.txt "$report/fifteen.report" "report into a file"

# Counts add up to what the predictions say.
run aml-confmat -o counts.tsv "$fifteen"
exits 0 "counts"
check "counts say nothing" test ! -s "$out"
run aml-confmat --counts "$fifteen"
same "$out" counts.tsv "--counts is -o FILE.tsv"
run aml-confmat --counts counts.tsv
same "$out" counts.tsv "counts of counts"
awk 'NR == 1 || NR % 2' "$fifteen" >odd.tsv
awk 'NR == 1 || !(NR % 2)' "$fifteen" >even.tsv
aml-confmat -o even-counts.tsv even.tsv
run aml-confmat --counts odd.tsv even-counts.tsv
same "$out" counts.tsv "two sites, one of them with counts only"
run aml-confmat --counts odd.tsv - <even.tsv
same "$out" counts.tsv "one of them from standard input"
ln odd.tsv again.tsv
run aml-confmat odd.tsv even.tsv again.tsv
fails_with "again.tsv: the same file as odd.tsv" "a file given twice"
run aml-confmat --counts <"$fifteen"
same "$out" counts.tsv "standard input where no file is named"

for file in counts.tsv "$fifteen"; do
	{ printf '\357\273\277'; sed 's/$/\r/' "$file"; } >windows.tsv
	run aml-confmat --counts windows.tsv
	same "$out" counts.tsv "a byte order mark and CRLF: ${file##*/}"
done

# Figures.
run aml-confmat -o a.svg "$fifteen"
exits 0 "SVG"
run aml-confmat -f svg counts.tsv
same a.svg "$out" "SVG of the counts on standard output"
if command -v xmllint >/dev/null; then
	run xmllint --noout a.svg
	exits 0 "SVG is well-formed"
else
	skip "no xmllint"
fi
check "SVG needs nothing else" test "$(grep -c -e href -e '<script' -e '@import' -e 'url(' a.svg)" -eq 0
run aml-confmat -o a.png "$fifteen"
exits 0 "PNG"
check "PNG begins as one" test "$(head -c 4 a.png | od -An -c | tr -d ' ')" = 211PNG
run aml-confmat -f png counts.tsv
same a.png "$out" "PNG of the counts on standard output"
check "PNG has no clock" test "$(grep -c tIME a.png)" -eq 0
LC_ALL=de_DE.UTF-8 aml-confmat -o b.svg "$fifteen"
same a.svg b.svg "the same in another locale"
run aml-confmat -t 'A <title> & "more"' -o c.svg "$fifteen"
check "title" grep -q 'A &lt;title&gt; &amp; &quot;more&quot;</text>' c.svg
run aml-confmat -f svg -o d.xml counts.tsv
same a.svg d.xml "a format for another ending"
awk 'BEGIN { printf "true\\predicted"; for (i = 0; i < 40; i++) printf "\tC%d", i; print ""
	for (i = 0; i < 40; i++) { printf "C%d", i; for (j = 0; j < 40; j++) printf "\t%d", (i * j) % 7; print "" } }' >forty.tsv
run aml-confmat -o forty.png forty.tsv
exits 0 "forty classes"

# Names.
printf '0\ta\tname of a\n1\tb\tname of b\n2\tmore\tnot there\n' >classes.tsv
printf 'true\\predicted\tb\ta\nb\t1\t2\na\t0\t4\n' >ab.tsv
run aml-confmat --names classes.tsv -o names.svg ab.tsv
exits 0 "names"
check "names are drawn" grep -q '>name of b</text>' names.svg
check "only those of the classes" test "$(grep -c 'not there' names.svg)" -eq 0
run aml-confmat --names classes.tsv "$fifteen"
fails_with "classes.tsv: has no class 'BAS'" "a class without a name"

# Which classes, and what colours are shares of.
printf 'true\\predicted\ta\tb\tc\na\t3\t1\t0\nb\t5\t1\t0\nc\t0\t0\t0\n' >absent.tsv
run aml-confmat absent.tsv
stdout_has "not there: c"
check "its row is not there" test "$(grep -c '^c ' "$out")" -eq 0
run aml-confmat --classes all absent.tsv
check "unless all are asked for" grep -q '^c  *\.' "$out"
run aml-confmat --counts absent.tsv
same absent.tsv "$out" "counts always have all classes"
for by in row column none; do
	aml-confmat --by $by -o $by.svg absent.tsv
done
aml-confmat -o default.svg absent.tsv
same column.svg default.svg "colours are shares of the column by default"
check "of the row, said so" grep -q '>the row</text>' row.svg
check "of all images, said so" grep -q '>all images</text>' none.svg
# a cell of 5 images: 5/6 of its row, 5/8 of its column, half of all
check "and other colours" test "$(grep -ho 'fill="#[0-9a-f]*"' row.svg column.svg none.svg | sort -u | wc -l)" -gt \
	"$(grep -ho 'fill="#[0-9a-f]*"' row.svg | sort -u | wc -l)"
check "the figure leaves it out, too" test "$(grep -c '>c</text>' row.svg)" -eq 0

# What is refused.
run aml-confmat ab.tsv "$fifteen"
fails_with "fifteen.tsv: its classes are BAS,EBO" "other classes"
run aml-confmat "$fifteen" missing.tsv
fails_with "missing.tsv: No such file" "a file that is missing"
run aml-confmat .
fails_with ".: " "a folder"
printf 'id\ttrue\tpredicted\tA\nx\t-\tA\t1\n' >unknown.tsv
run aml-confmat unknown.tsv
fails_with "unknown.tsv: line 2: the true class is unknown" "an image without a label"
printf 'id\ttrue\tpredicted\tA\nx\tA\tA\t1\ny\tA\tA\t1\nx\tA\tA\t1\n' >doubled.tsv
run aml-confmat doubled.tsv
fails_with "doubled.tsv: has the id 'x' twice" "an image that is counted twice"
run aml-confmat -o x.gif ab.tsv
wrong_usage "x.gif" "another ending"
run aml-confmat -o .svg ab.tsv
wrong_usage ".svg" "an ending alone"
run aml-confmat --counts --report ab.tsv
wrong_usage "only one of" "two outputs"
run aml-confmat -f gif ab.tsv
wrong_usage "gif" "another format"
run aml-confmat -o missing/x.svg ab.tsv
fails_with "missing/x.svg" "a folder that is not there"
run aml-confmat --counts unknown.tsv
check "nothing on standard output after an error" test ! -s "$out"
printf 'old\n' >x.tsv
run aml-confmat -o x.tsv unknown.tsv
check "a failure leaves the old file" test "$(cat x.tsv)" = old
for format in svg png tsv; do
	run_to /dev/full aml-confmat -f $format "$fifteen"
	fails_with "No space left" "$format onto a full disk"
done
end
