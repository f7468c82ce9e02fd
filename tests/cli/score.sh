#!/usr/bin/env bash
# aml-score: figures as table, JSON and text, over images and patients; groups, tolerance, thresholds; shared tables.
. "${0%/*}/../lib.sh"
fifteen=$DATA/report/fifteen.tsv skewed=$DATA/score/skewed.tsv whose=$DATA/score/patients.tsv
clinic=$TOP/examples/clinic

# flat FILE: a line "KEY.KEY... VALUE" for each value of JSON
flat() {
	awk '
	{ match($0, /[^ ]/); depth = (RSTART - 1) / 2; line = substr($0, RSTART) }
	match(line, /^"([^"\\]|\\.)*": /) {
		key[depth] = substr(line, 2, RLENGTH - 4)
		value = substr(line, RLENGTH + 1)
		sub(/,$/, "", value)
		path = key[1]
		for (i = 2; i <= depth; i++)
			path = path "." key[i]
		if (value !~ /^[{[]$/)
			print path " " value
	}' "$1"
}

# classes FILE: how many it lists
classes() { awk '/"classes": \[/ { inside = 1; next } /\]/ { inside = 0 } inside { n++ } END { print n + 0 }' "$1"; }

# value KEY FILE: one of them
value() { flat "$2" | awk -v key="$1" 'index($0, key " ") == 1 { print substr($0, length(key) + 2) }'; }

# near A B BY: within BY of each other
# shellcheck disable=SC2317            # called by check
near() { awk -v a="$1" -v b="$2" -v by="$3" 'BEGIN { exit !(a != "" && b != "" && (a - b) ^ 2 <= by * by) }'; }

# predictions ROW...: a table of classes A and B, each row "ID TRUE PREDICTED A B" between blanks
predictions() {
	printf 'id\ttrue\tpredicted\tA\tB\n'
	[ $# -eq 0 ] || printf '%s\n' "$@" | tr ' ' '\t'
}

# ---- three forms ----
run aml-score "$fifteen"
exits 0 "a table"
stderr_is_empty "a table"
stdout_has "120 images, 15 of 15 classes occur; 95 % intervals in brackets"
check "no line ends in a blank" test "$(grep -c ' $' "$out")" -eq 0
check "no line is wider than 100 columns" test "$(awk 'length > 100' "$out" | wc -l)" -eq 0
cp "$out" table
run aml-score - <"$fifteen"
same table "$out" "from standard input"
run aml-score <"$fifteen"
same table "$out" "... where no file is named"
run aml-score -o written "$fifteen"
check "-o writes nothing to standard output" test ! -s "$out"
same table written "-o writes the same"

run aml-score --json -g 'blast=MYO,MOB' --group 'not there=KSC' "$fifteen"
exits 0 "JSON"
cp "$out" all.json
numbers="value low high"
keys_of() { local figure part; for figure in "$@"; do for part in $numbers; do echo "$figure.$part"; done; done; }
each="sensitivity specificity precision npv f1 auc average_precision"
# shellcheck disable=SC2046,SC2086    # lists of words
{
	echo images
	keys_of $(printf 'overall.%s ' accuracy balanced_accuracy macro_f1 weighted_f1 kappa mcc top2_accuracy log_loss brier ece)
	for name in $(head -n 1 "$fifteen" | cut -f 4-); do
		echo "by_class.$name.n"
		keys_of $(printf "by_class.$name.%s " $each)
	done
	echo "by_group.blast.n"
	keys_of $(printf 'by_group.blast.%s ' $each)
	echo "by_group.not there.n"
	keys_of $(printf 'by_group.not|there.%s ' $each) | tr '|' ' '
} >keys
flat all.json | sed 's/ [^ ]*$//' >got
same keys got "JSON: the keys, in order"
check "JSON: images" test "$(value images all.json)" = 120
check "JSON: classes that occur" test "$(classes all.json)" = 15
check "JSON: accuracy as aml-confmat has it" near "$(value overall.accuracy.value all.json)" \
	"$(aml-confmat --report "$fifteen" | awk '$1 == "accuracy" { print $2 }')" .005
check "JSON: images of a group" test "$(value by_group.blast.n all.json)" = \
	$(($(value by_class.MYO.n all.json) + $(value by_class.MOB.n all.json)))
check "JSON: a group of one class is the class" test "$(value 'by_group.not there.auc.low' all.json)" = "$(value by_class.KSC.auc.low all.json)"
check "JSON: every number is one" test "$(flat all.json | grep -cvE ' -?[0-9.]+(e-?[0-9]+)?$')" -eq 0
for j in 1 2 7; do
	aml-score --json -j $j -g 'blast=MYO,MOB' -g 'not there=KSC' "$fifteen" >j$j.json
	same all.json j$j.json "-j $j: the same bytes"
done
LC_ALL=de_DE.UTF-8 aml-score --json -g 'blast=MYO,MOB' -g 'not there=KSC' "$fifteen" >de.json
same all.json de.json "the same in another locale"

run aml-score --tsv -g 'blast=MYO,MOB' "$fifteen"
exits 0 "text"
check "text: headed by what MultiQC wants" test "$(grep -c '^# ' "$out")" -eq 5
check "text: four columns" test "$(grep -v '^#' "$out" | awk -F '\t' 'NF != 4' | wc -l)" -eq 0
check "text: the numbers of JSON" near "$(awk -F '\t' '$1 == "group.blast.auc" { print $3 }' "$out")" \
	"$(value by_group.blast.auc.low all.json)" 1e-8

run aml-score --json --tsv "$fifteen"
wrong_usage "only one of --json, --tsv and --share" "two forms"
run aml-score --json --share "$fifteen"
wrong_usage "only one of --json, --tsv and --share" "a form and --share"

# ---- figures that have no cases ----
predictions "x A A 1 0" "y A A .75 .25" >right.tsv
run aml-score --json right.tsv
exits 0 "one class throughout"
cp "$out" right.json
check "a class that does not occur is left out" test -z "$(flat right.json | grep '^by_class.B')"
for figure in overall.kappa by_class.A.specificity by_class.A.npv by_class.A.auc; do
	check "$figure is null" test "$(value $figure right.json)" = null
done
check "accuracy is not" test "$(value overall.accuracy.value right.json)" = 1
check "nor is the sensitivity" test "$(value by_class.A.sensitivity.value right.json)" = 1
run aml-score --tsv right.tsv
check "dashes in the text" grep -qx "$(printf 'overall.kappa\t-\t-\t-')" "$out"
predictions "1 A A 1 0" "2 B B 0 1" "3 A A 1 0" "4 B B 0 1" >sure.tsv
run aml-score --json sure.tsv
for figure in accuracy balanced_accuracy macro_f1 weighted_f1 kappa mcc log_loss brier ece; do
	check "all right and sure: $figure could be worse" awk -v a="$(value overall.$figure.low "$out")" \
		-v b="$(value overall.$figure.high "$out")" 'BEGIN { exit !(b - a > .2) }'
done
printf '1\tx\n3\tx\n2\ty\n4\ty\n' >two.tsv
run aml-score --json --patients two.tsv sure.tsv
check "each of two patients with one class: mcc as kappa" test "$(value overall.mcc.low "$out")" = "$(value overall.kappa.low "$out")"
predictions "x A B .25 .75" >one.tsv
run aml-score --json one.tsv
exits 0 "one image"
check "one image: precision without predictions is null" test "$(value by_class.A.precision "$out")" = null
check "one image: no number is missing from an interval" test "$(flat "$out" | grep -cE '\.(value|low|high) null')" -eq 0
for form in --tsv "-g x=A"; do
	# shellcheck disable=SC2086    # two words
	run aml-score $form one.tsv
	exits 0 "one image, $form"
	check "one image, $form: neither nan nor inf" test "$(grep -ciwE 'nan|inf' "$out")" -eq 0
done
run aml-score --json -g none=E,F "$skewed"
check "a group that does not occur is there" test "$(value by_group.none.n "$out")/$(value by_group.none.f1 "$out")" = 0/null

# ---- groups ----
run aml-score --json --groups "$clinic/groups.tsv" "$fifteen"
exits 0 "groups from a file"
cut -f 1 "$clinic/groups.tsv" | tail -n +2 >names
flat "$out" | sed -n 's/^by_group\.\(.*\)\.n .*/\1/p' >got
same names got "in its order, after those of --group"
run aml-score --json -g mine=BAS --groups "$clinic/groups.tsv" "$fifteen"
check "--group and --groups together" test "$(flat "$out" | grep -c '^by_group.*\.n ')" -eq $(($(wc -l <names) + 1))
bad_group() {
	run aml-score -g "$1" "$fifteen"
	fails_with "$2" "a group: $1"
}
bad_group x=XYZ "group 'x': no class 'XYZ'"
bad_group x=BAS,BAS "group 'x': class 'BAS' is given twice"
bad_group "x=$(head -n 1 "$fifteen" | cut -f 4- | tr '\t' ,)" "group 'x' has all classes"
bad_group "=BAS" "the group needs a name"
bad_group x= "group 'x': no class ''"
bad_group BAS "'BAS' is not NAME=CODE,..."
bad_group $'a\nb=BAS' "the group needs a name, on one line"
bad_group $'a\tb=BAS' "the group needs a name, on one line"
run aml-score -g x=BAS -g x=EOS "$fifteen"
fails_with "the group 'x' is given twice" "two groups of one name"
run aml-score -g blast=BAS --groups "$clinic/groups.tsv" "$fifteen"
fails_with "groups.tsv: line 2: the group 'blast' is given twice" "one of them in a file"
run aml-score --groups missing.tsv "$fifteen"
fails_with "missing.tsv: No such file" "no file of groups"

# ---- neighbouring stages ----
run aml-score --json --tolerant "$clinic/tolerant.tsv" "$fifteen"
exits 0 "neighbouring stages"
cp "$out" tolerant.json
awk -F '\t' 'NR == FNR { near[$1, $2] = near[$2, $1] = 1; next }
	FNR > 1 { n++; right += $2 == $3 || ($2, $3) in near } END { printf "%.15g\n", right / n }' \
	"$clinic/tolerant.tsv" "$fifteen" >want
check "their accuracy" near "$(value tolerant.accuracy.value tolerant.json)" "$(cat want)" 1e-12
check "other figures stay" test "$(value overall.kappa.low tolerant.json)" = "$(value overall.kappa.low all.json)"
run aml-score --tolerant "$clinic/tolerant.tsv" "$fifteen"
stdout_has "neighbouring stages count as right"
bad_pairs() {
	printf '%b' "$1" >pairs.tsv
	run aml-score --tolerant pairs.tsv "$fifteen"
	fails_with "pairs.tsv: $2" "neighbours: $3"
}
bad_pairs 'BAS\tEOS\n' "line 1: expected the heading: class, neighbour" "no heading"
bad_pairs 'class\tneighbour\nBAS\tXYZ\n' "line 2: no class 'XYZ'" "an unknown class"
bad_pairs 'class\tneighbour\nBAS\tEOS\nEOS\tBAS\n' "line 3: EOS and BAS are neighbours already" "a pair twice"
bad_pairs 'class\tneighbour\nBAS\n' "line 2: 1 columns, expected 2" "half a pair"
bad_pairs '' "line 1: expected the heading" "an empty file"
run aml-score --tolerant "$clinic/tolerant.tsv" "$skewed"
fails_with "tolerant.tsv: line 2: no class 'MYO'" "neighbours of other classes"

# ---- thresholds ----
for p in 0 .5 1; do
	run aml-score --json --min-prob $p "$skewed"
	exits 0 "--min-prob $p"
	cp "$out" p.json
	awk -F '\t' -v p=$p 'NR > 1 { most = 0; for (i = 4; i <= NF; i++) if ($i > most) most = $i
		n += most >= p; wrong += most >= p && $2 != $3 } END { print n + 0, wrong + 0 }' "$skewed" >want
	read -r n wrong <want
	check "--min-prob $p: images answered" test "$(value abstention.images p.json)" = "$n"
	if [ "$n" -gt 0 ]; then
		check "--min-prob $p: wrong ones" near "$(value abstention.error.value p.json)" \
			"$(awk -v n="$n" -v w="$wrong" 'BEGIN { print w / n }')" 1e-6
	fi
done
check "risk and coverage from all images on" test "$(sed '1,/"risk_coverage"/d' p.json | grep -m 1 '"images"' | tr -dc 0-9)" = 260
predictions "x A A .6 .4" >unsure.tsv
run aml-score --json --min-prob 1 unsure.tsv
check "no answers have no error" test "$(value abstention.images "$out")/$(value abstention.error "$out")" = 0/null
run aml-score --min-prob 1.01 "$fifteen"
wrong_usage "--min-prob takes P from 0 to 1" "a probability above 1"
run aml-score --min-prob nan "$fifteen"
wrong_usage "--min-prob takes P" "one that is no number"

# ---- patients ----
run aml-score --json --patients "$whose" --resamples 200 "$skewed"
exits 0 "patients"
cp "$out" patients.json
check "how many there are" test "$(value patients patients.json)" = 13
aml-score --json "$skewed" >images.json
check "values stay" test "$(value overall.kappa.value patients.json)" = "$(value overall.kappa.value images.json)"
check "intervals are wider" awk -v a="$(value overall.kappa.low patients.json)" -v b="$(value overall.kappa.low images.json)" \
	'BEGIN { exit !(a < b) }'
for j in 1 2; do
	aml-score --json --patients "$whose" --resamples 200 -j $j "$skewed" >j$j.json
	same patients.json j$j.json "-j $j: the same bytes"
done
aml-score --json --patients "$whose" --resamples 200 --seed 0 "$skewed" >seed.json
same patients.json seed.json "--seed is 0"
aml-score --json --patients "$whose" --resamples 200 -s 1 "$skewed" >seed.json
check "another seed, other intervals" test "$(value overall.kappa.low seed.json)" != "$(value overall.kappa.low patients.json)"
aml-score --json --patients "$whose" --resamples 201 "$skewed" >seed.json
check "--resamples" test "$(value overall.kappa.low seed.json)" != "$(value overall.kappa.low patients.json)"
{ printf '\357\273\277'; sed 's/$/\r/' "$whose"; } >windows.tsv
aml-score --json --patients windows.tsv --resamples 200 "$skewed" >windows.json
same patients.json windows.json "patients with a byte order mark and CRLF"
{ tac "$whose"; printf 'others\tpatient 99\n'; } >turned.tsv
aml-score --json --patients turned.tsv --resamples 200 "$skewed" >turned.json
same patients.json turned.json "in any order, with others among them"
run aml-score --patients "$whose" "$skewed"
stdout_has "95 % intervals in brackets, over 13 patients"
grep -v '^cell 7	' "$whose" >without.tsv
run aml-score --patients without.tsv "$skewed"
fails_with "no group for 'cell 7'" "an image without a patient"
{ cat "$whose"; printf 'cell 7\tanother\n'; } >twice.tsv
run aml-score --patients twice.tsv "$skewed"
fails_with "'cell 7' occurs twice" "an image of two patients"
sed 's/	patient.*/	one/' "$whose" >single.tsv
run aml-score --patients single.tsv "$skewed"
fails_with "single.tsv: a single patient" "one patient"
run aml-score --resamples 99 --patients "$whose" "$skewed"
wrong_usage "--resamples takes N from 100 to 100000" "too few resamples"

# ---- several tables ----
awk 'NR == 1 || NR % 3 == 0' "$fifteen" >third.tsv
awk 'NR == 1 || NR % 3' "$fifteen" >rest.tsv
aml-score --json -g blast=MYO,MOB "$fifteen" | flat /dev/stdin >want
# alike FILE BY: the same keys in the same order, numbers within BY
# shellcheck disable=SC2317            # called by check
alike() { paste -d ' ' want "$1" | awk -v by="$2" '{ half = NF / 2
	if ($1 != $(half + 1) || ($half != $NF && ($half - $NF) ^ 2 > by * by)) exit 1 }'; }
run aml-score --json -g blast=MYO,MOB third.tsv rest.tsv
exits 0 "two tables"
flat "$out" >got
check "are one" alike got 1e-12
run aml-score --share -g blast=MYO,MOB third.tsv
exits 0 "a shared table"
cp "$out" third.shared
run aml-score --share -g blast=MYO,MOB -o rest.shared rest.tsv
exits 0 "into a file"
check "no id is in it" test "$(grep -c _0 third.shared rest.shared | cut -d : -f 2 | xargs)" = "0 0"
for files in "third.shared rest.tsv" "rest.tsv third.shared" "third.shared rest.shared" "- rest.shared"; do
	# shellcheck disable=SC2086    # two files
	run aml-score --json $files <third.shared
	exits 0 "$files"
	flat "$out" >got
	check "$files: within .001 of the pooled predictions" alike got .001
	flat "$out" | grep -E 'overall|sensitivity|precision\.|npv' | grep -v average >counts
	grep -E 'overall|sensitivity|precision\.|npv' want | grep -v average | paste -d ' ' - counts >pair
	awk '($2 - $4) ^ 2 > 1e-24' pair >differ
	check "$files: counts exactly" test ! -s differ
done
run aml-score --share third.shared rest.shared
exits 0 "shared tables add up to one"
grep -vE '^(log_loss|brier|calibration)' "$out" >counts
aml-score --share -g blast=MYO,MOB "$fifteen" | grep -vE '^(log_loss|brier|calibration)' >pooled
same counts pooled "that of the pooled predictions, but for the last digits of sums"
aml-score --share -g ab=A,B "$skewed" >whole.shared
{ printf '\357\273\277'; sed 's/$/\r/' whole.shared; } >windows.shared
run aml-score windows.shared
exits 0 "a shared table with a byte order mark and CRLF"
run aml-score --json --min-prob .5 --tolerant <(printf 'class\tneighbour\nA\tB\n') whole.shared
exits 0 "thresholds and neighbours of shared tables"
check "as many answers" near "$(value abstention.answered.value "$out")" \
	"$(aml-score --json --min-prob .5 "$skewed" | flat /dev/stdin | awk '$1 == "abstention.answered.value" { print $2 }')" .01
run aml-score --patients "$whose" whole.shared
fails_with "--patients needs predictions" "patients of a shared table"
run aml-score -g other=C "$skewed" whole.shared
fails_with "has no group 'other'" "other groups than a shared table's"
aml-score --share "$skewed" >no-groups.shared
run aml-score whole.shared no-groups.shared
fails_with "no-groups.shared: has 0 groups, expected 1" "shared tables of other groups"
for option in "--patients=$whose" "--tolerant=$clinic/tolerant.tsv" --min-prob=.5; do
	run aml-score --share "$option" "$skewed"
	wrong_usage "--share goes with none of" "--share and ${option%%=*}"
done

# ---- small counts ----
run aml-score --share -g ab=A,B --min-cell 5 "$skewed"
exits 0 "--min-cell"
cp "$out" five.shared
awk -F '\t' -v least=5 '
	function few(n) { if (n > 0 && n < least) print }
	$1 == "images" { images = $2 }
	$1 == "top2" { few($2); few(images - $2) }
	$1 == "count" { for (i = 3; i <= NF; i++) few($i) }
	$1 == "calibration" { few($4); few($3 - $4) }
	$1 ~ /score$|^confidence/ { few($4); few($5) }' five.shared >few
check "no count from 1 to 4" test ! -s few
check "... where there were some" test "$(awk -F '\t' '$1 == "count" { for (i = 3; i <= NF; i++) n += $i > 0 && $i < 5 } END { print n }' whole.shared)" -gt 3
run aml-score --share -g ab=A,B --min-cell 5 "$skewed"
same five.shared "$out" "the same predictions, the same table"
run aml-score five.shared
exits 0 "it can be scored"
for least in 0 1; do
	run aml-score --share -g ab=A,B --min-cell $least "$skewed"
	same whole.shared "$out" "--min-cell $least hides nothing"
done
run aml-score --share --min-cell 260 "$skewed"
exits 0 "as many as there are images"
cp "$out" all.shared
run aml-score --json all.shared
exits 0 "what is left of them can be scored"
check "... without a figure that is no number" test "$(flat "$out" | grep -ciE 'nan|inf')" -eq 0
run aml-score --share --min-cell 261 "$skewed"
fails_with "fewer than 261 images" "fewer images"
run aml-score --min-cell 5 "$skewed"
wrong_usage "--min-cell goes with --share only" "--min-cell alone"
run aml-score --resamples 200 "$skewed"
wrong_usage "--resamples goes with --patients only" "draws of patients without patients"
run aml-score --share --min-cell -1 "$skewed"
wrong_usage "--min-cell takes K from 0" "a negative one"

# ---- what is refused ----
run aml-score "$skewed" "$fifteen"
fails_with "fifteen.tsv: its classes are BAS,EBO" "other classes"
run aml-score whole.shared "$fifteen"
fails_with "fifteen.tsv: its classes are BAS,EBO" "other classes than a shared table's"
run aml-score "$fifteen" whole.shared
fails_with "whole.shared: its classes are A,B" "a shared table of other classes"
run aml-score "$skewed" "$skewed"
fails_with "skewed.tsv: the same file as" "a file twice"
ln -s "$skewed" link.tsv
run aml-score "$skewed" link.tsv
fails_with "link.tsv: the same file as" "a file and a link to it"
run aml-score whole.shared whole.shared
fails_with "whole.shared: the same file as" "a shared table twice"
refused() {
	run aml-score "$1"
	fails_with "$1: $2" "$3"
}
predictions "x A A .9 .2" >sum.tsv
refused sum.tsv "line 2: the probabilities add up to 1.1, not to 1" "probabilities that do not add up"
predictions "x A A 1 0" "y - A 1 0" >unknown.tsv
refused unknown.tsv "line 3: the true class is unknown ('-')" "an unknown true class"
predictions "x A A 1 0" "x A A 1 0" >double.tsv
refused double.tsv "has the id 'x' twice" "an id twice"
predictions "x A A nan 0" >nan.tsv
refused nan.tsv "line 2: A: 'nan' is not a probability" "NaN"
predictions "x A A 1e0x 0" >hex.tsv
refused hex.tsv "line 2: A: '1e0x' is not a probability" "no number"
predictions >header.tsv
refused header.tsv "no images" "a heading alone"
: >empty.tsv
refused empty.tsv "empty" "an empty file"
refused . "line 1: Is a directory" "a folder"
refused missing.tsv "No such file" "a missing file"
aml-confmat -o counts.tsv "$fifteen"
refused counts.tsv "line 1: expected a header" "a table of counts, which has no probabilities"
head -n 20 whole.shared >cut.shared
refused cut.shared "line 21: ends too early" "a shared table that was cut off"
sed 's/aml-shared	1/aml-shared	2/' whole.shared >later.shared
refused later.shared "line 1: version 2, expected 1" "a shared table of a later version"
run aml-score -o missing/x.tsv "$fifteen"
fails_with "missing/x.tsv" "a folder that is not there"
printf 'old\n' >old.tsv
run aml-score -o old.tsv sum.tsv
check "a failure leaves the old file" test "$(cat old.tsv)" = old
for form in --json --tsv --share; do
	run_to /dev/full aml-score $form "$fifteen"
	fails_with "No space left" "$form onto a full disk"
done

# ---- odd names and sizes ----
printf 'id\tpatient\ncell\\t1\tp\ncell 2\tq r\n' >ids-patients.tsv
predictions 'cell\t1 A A 1 0' >ids.tsv
printf 'cell 2\tB\tB\t0\t1\n' >>ids.tsv
run aml-score ids.tsv
exits 0 "ids with blanks and escapes"
run aml-score --patients ids-patients.tsv ids.tsv
fails_with "no group for 'cell" "the patient of an id with a tab cannot be told"
cp "$fifteen" $'a name\nof two lines.tsv'
run aml-score $'a name\nof two lines.tsv'
same table "$out" "a file whose name has a newline"
run aml-score $'no such\nfile.tsv'
fails_with 'no such\nfile.tsv: No such file' "a missing one: one line"
awk 'BEGIN { OFS = "\t"; ORS = ""
	print "id", "true", "predicted"; for (i = 0; i < 256; i++) print OFS "C" i; print "\n"
	for (k = 0; k < 256; k++) { print k, "C" k, "C" (k * 7 % 256)
		for (i = 0; i < 256; i++) print OFS (i == k * 7 % 256 ? .75 : i == k ? .25 : 0) ; print "\n" } }' |
	awk -F '\t' 'BEGIN { OFS = FS } NR > 1 && $2 == $3 { for (i = 4; i <= NF; i++) $i = $i > 0 } 1' >many.tsv
run aml-score --json many.tsv
exits 0 "256 classes"
check "... all of them" test "$(classes "$out")" = 256
check "... top-2" test "$(value overall.top2_accuracy.value "$out")" = 1
aml-score --share many.tsv >many.shared
run aml-score --json many.shared many.tsv
exits 0 "... and their shared table"
printf 'id\ttrue\tpredicted\tA\nx\tA\tA\t1\n' >alone.tsv
run aml-score --json alone.tsv
exits 0 "a single class"
{ printf '\357\273\277'; sed 's/$/\r/' "$fifteen"; } >windows.tsv
run aml-score windows.tsv
same table "$out" "predictions with a byte order mark and CRLF"
end
