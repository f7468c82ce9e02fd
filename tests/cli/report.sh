#!/usr/bin/env bash
# aml-report: one page, whole, safe whatever names are in the data, with the figures of aml-score.
# shellcheck disable=SC2317 # check calls the functions
. "${0%/*}/../lib.sh"
# shellcheck source=tests/ready.sh
. "$TESTS/ready.sh"
make_ready || exit
awk 'NR > 1 { printf "%s\tP%d\n", $1, NR % 5 }' predictions.tsv >patients.tsv
printf 'class\tneighbour\nNGS\tEOS\n' >near.tsv

# whole PAGE: every element is closed, by xmllint: img and meta, which hold nothing, are closed for it
whole() { sed -E 's/<((meta|img)[^>]*)>/<\1\/>/g' "$1" | xmllint --huge --noout - >/dev/null 2>"$SCRATCH/xml" || { cat "$SCRATCH/xml"; false; }; }

# quiet PAGE: nothing runs, nothing is fetched: no script, no handler, no address but data
quiet() {
	sed -E 's/(src=")data:image\/png;base64,[A-Za-z0-9+/=]*/\1/g' "$1" >"$SCRATCH/bare"
	! grep -nE '//|<script|<iframe|<link|<object|url\(|@import' "$SCRATCH/bare" &&
		! sed 's/"[^"]*"//g' "$SCRATCH/bare" | grep -nE '<[^>]* on[a-z]+='
}

has() { check "$1 has $2" grep -qF -- "$2" "$1"; }
lacks() { check "$1 lacks $2" test "$(grep -cF -- "$2" "$1")" -eq 0; }

everything=(-d dataset -m model.npz --trail a.npz --log "first run=log.tsv" -g "granulocytes=BAS,EOS,NGS"
	--patients patients.tsv --tolerant near.tsv -t "All there is")
run aml-report "${everything[@]}" -o page.html predictions.tsv
exits 0 "everything"
check "nothing on standard output" test ! -s "$out"
check "one line tells how large it is" grep -qxE 'page.html: [0-9]+ kB' "$err"
check "it is whole" whole page.html
check "it is quiet" quiet page.html
check "below 3 MB" test "$(wc -c <page.html)" -lt 3000000
for text in "<title>All there is</title>" "For research, not for diagnosis." "default-src 'none'; img-src data:;" 'lang="en"' \
	"Of 100 cells that are granulocytes" "Confusion matrix" "ROC curves of the groups" "Reliability" \
	"Differentials by patient" "Errors it was surest of" "Learning curves" "first run" "The trail" "[NEEDS INPUT]" \
	"Figures that tolerate neighbouring stages"; do
	has page.html "$text"
done
lacks page.html "Not on this page"
lacks page.html "$PWD"
lacks page.html model.npz
lacks page.html "log.tsv"
check "a picture of each cell, and its overlay" test "$(grep -o '<img ' page.html | wc -l)" -eq \
	"$((2 * $(grep -o '<li class="cell"' page.html | wc -l)))"
check "as many pictures as alternatives" test "$(grep -o '<img ' page.html | wc -l)" -eq "$(grep -oE '<img [^>]* alt="[^"]+"' page.html | wc -l)"
check "all items of CLAIM and TRIPOD+AI" test "$(grep -c '\[NEEDS INPUT\]' page.html)" -gt 50

# The same bytes, however it is called.
run aml-report -q "${everything[@]}" -j 1 -o - predictions.tsv
stderr_is_empty "quiet"
same page.html "$out" "one thread, standard output: the same page"
mkdir elsewhere
cp -r dataset elsewhere/other
cp predictions.tsv elsewhere/p
(cd elsewhere && aml-report -q -d other -m ../model.npz --trail ../a.npz --log "first run=../log.tsv" \
	-g granulocytes=BAS,EOS,NGS --patients ../patients.tsv --tolerant ../near.tsv -t "All there is" -o page.html p)
same page.html elsewhere/page.html "files of other names: the same page"

# The figures are those of aml-score.
run aml-score --tsv -g granulocytes=BAS,EOS,NGS predictions.tsv
shown() { awk -F '\t' -v key="$1" '$1 == key { printf "%.1f\302\240%% <small>%.1f–%.1f</small>", 100 * $2, 100 * $3, 100 * $4 }' "$out"; }
aml-report -q -g granulocytes=BAS,EOS,NGS -o figures.html predictions.tsv
for key in overall.accuracy overall.top2_accuracy class.LYT.sensitivity class.BAS.specificity group.granulocytes.specificity; do
	has figures.html "$(shown $key)"
done

# Without options the page says what would add to it.
check "whole without options" whole figures.html
for text in "-d DATASET adds them" "-m MODEL adds them" "--patients FILE.tsv adds them" "--log FILE.tsv adds them"; do
	has figures.html "$text"
done
lacks figures.html "<img"
lacks figures.html "Grad-CAM"
aml-score --share -o shared.tsv predictions.tsv
run aml-report -q -o shared.html shared.tsv
exits 0 "a shared table"
check "a shared table: whole" whole shared.html
run aml-report -q -d dataset -o no.html shared.tsv
fails_with "shared table has no ids" "a shared table has no pictures"

# Cells of the training data are told of.
aml-eval -q -d dataset --split train -p trained.tsv model.npz
aml-report -q -d dataset -m model.npz -o trained.html trained.tsv
has trained.html "were among those that the model was trained on"

# ... also of those that an earlier step was trained on; what no file tells is not said.
aml-init -s 3 --size 40 --classes 15 first.npz
aml-train -q -d dataset --split all -b 8 first.npz earlier.npz
aml-train -q -d dataset --split train -b 8 earlier.npz later.npz
aml-eval -q -d dataset --split valid -p later.tsv later.npz
valid=$(($(wc -l <later.tsv) - 1))
aml-report -q -d dataset -m later.npz --trail earlier.npz --trail first.npz -o later.html later.tsv
has later.html "$valid of the $valid cells were among those that the model was trained on"
aml-report -q -d dataset -m later.npz --trail earlier.npz --trail a.npz -o gap.html later.tsv
has gap.html "$valid of the $valid cells were among those that the model was trained on"
has gap.html "earlier models are not"
lacks gap.html "Random weights by aml-init"
aml-train -q -d dataset --split train -b 8 first.npz once.npz
aml-eval -q -d dataset --split valid -p once.tsv once.npz
aml-report -q -d dataset -m once.npz --trail first.npz -o once.html once.tsv
has once.html "0 of the cells scored here were among its training cells."
has once.html "Random weights by aml-init"
aml-report -q -d dataset -m once.npz -o alone.html once.tsv
has alone.html "earlier models are not"
lacks alone.html "were not among its training cells"
aml-report -q -d dataset -m - --trail first.npz -o piped.html once.tsv <once.npz
same once.html piped.html "a model from standard input: the same page"
echo garbage >garbage.npz
aml-report -q -d dataset -m once.npz --trail first.npz --trail once.npz --trail garbage.npz -o faults.html once.tsv
has faults.html "<strong> damaged</strong>"
check "a model that is given twice stands there once" test "$(grep -o 'aml-train' faults.html | wc -l)" -eq \
	"$(grep -o 'aml-train' once.html | wc -l)"

# Names that want to be more than names: of classes, cells, patients, groups, logs, and the title.
evil='</td><script>alert(1)</script>&"'"'"
printf 'id\ttrue\tpredicted\t<b>"q"\t&amp;%s\n' "'" >odd.tsv
printf '%s\t%s\t%s\t.75\t.25\n' "$evil" '<b>"q"' '<b>"q"' 'a\nb\tc' "&amp;'" '<b>"q"' $'\xe2\x80\xae\xff' "&amp;'" '<b>"q"' \
	'Zoë' '<b>"q"' '<b>"q"' >>odd.tsv
run aml-report -q -t "<h1>$evil" -g "$evil=&amp;'" --log "<img src onerror>=log.tsv" -o odd.html odd.tsv
exits 0 "odd names"
check "odd names: whole" whole odd.html
check "odd names: quiet" quiet odd.html
lacks odd.html "<img src"
lacks odd.html "<b>\"q\""
has odd.html '&lt;h1&gt;&lt;/td&gt;&lt;script&gt;alert(1)'
has odd.html '&amp;amp;'

grep -v '^a' odd.tsv >odd-ids.tsv
printf '%s\t%s\n' "$evil" "$evil" Zoë "</html>$evil" $'\xe2\x80\xae\xff' "$evil" >odd-patients.tsv
run aml-report -q --patients odd-patients.tsv -o odd-patients.html odd-ids.tsv
exits 0 "odd patients"
check "odd patients: whole" whole odd-patients.html
check "odd patients: quiet" quiet odd-patients.html
has odd-patients.html '<bdi>&lt;/html&gt;&lt;/td&gt;'

# A cell's id in the gallery.
mkdir -p odd-cells/BAS odd-cells/LYT
cp cell.tiff 'odd-cells/BAS/<img src=x onerror=alert(1)>"&.tiff'
cp cells/LYT/*.tiff odd-cells/LYT
aml-downsample -q -s 40 -o odd-dataset odd-cells
aml-eval -q -d odd-dataset --split all -p odd-predictions.tsv model.npz
run aml-report -q -d odd-dataset -m model.npz -o odd-gallery.html odd-predictions.tsv
exits 0 "an odd id"
check "an odd id: whole" whole odd-gallery.html
check "an odd id: quiet" quiet odd-gallery.html
lacks odd-gallery.html "<img src=x"

# What does not belong together.
run aml-report -q -d odd-dataset -o no.html predictions.tsv
fails_with "odd-dataset has no image" "another dataset"
awk -F '\t' -v OFS='\t' 'NR == 2 { $2 = $2 == "BAS" ? "LYT" : "BAS" } { print }' predictions.tsv >moved.tsv
run aml-report -q -d dataset -o no.html moved.tsv
fails_with "is of class BAS, in the predictions of LYT" "another class of an image"
run aml-report -q -d dataset -m b.npz -o no.html predictions.tsv
fails_with "b.npz: not the model of these predictions" "another model"
aml-init --size 40 --classes 3 three.npz
run aml-report -q -m three.npz -o no.html predictions.tsv
fails_with "predictions.tsv: has 15 classes, three.npz has 3" "a model of other classes"
awk 'NR > 1 { print $1 "\tone" }' predictions.tsv >one.tsv
run aml-report -q --patients one.tsv -o no.html predictions.tsv
fails_with "a single patient" "one patient"
run aml-report -q -m dataset -o no.html predictions.tsv
fails_with "dataset" "a dataset is no model"
check "no page is left" test ! -e no.html
run aml-report -o no.html
wrong_usage "PREDICTIONS" "no predictions"
run aml-report predictions.tsv
wrong_usage "-o" "no page"
run aml-report --trail a.npz -o no.html predictions.tsv
wrong_usage "--trail needs -m" "a trail of nothing"
run aml-report --resamples 200 -o no.html predictions.tsv
wrong_usage "--resamples goes with --patients only" "draws of patients without patients"
run aml-report -t '' -o no.html predictions.tsv
wrong_usage "title" "no title"
end
