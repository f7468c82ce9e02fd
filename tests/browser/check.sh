#!/usr/bin/env bash
# aml-report's pages in a real browser, and by tidy: check.sh [FOLDER for screenshots and PDF]. Needs chromium, tidy, python3.
folder=${1:-}
[ -z "$folder" ] || { mkdir -p "$folder" && folder=$(cd "$folder" && pwd); }
. "$(dirname "$0")/../lib.sh"
: "${folder:=$SCRATCH}"

# 2,000 pictures of the demo's cells, all of them several times; a model that has seen 400 of them once.
mkdir images
for copy in 1 2 3 4; do
	find "$TOP/examples/demo-cells" -name '*.tiff' | sort | head -n $((copy < 4 ? 600 : 200)) | while read -r file; do
		class=$(basename "$(dirname "$file")")
		mkdir -p "images/$class"
		ln "$file" "images/$class/$copy-${file##*/}" 2>/dev/null || cp "$file" "images/$class/$copy-${file##*/}"
	done
done
aml-downsample -q -t u1 -o cells images
aml-partition -n 5 -S stratified cells parts >/dev/null
aml-init -s 1 start.npz
aml-train -q -d parts/partition0 -e 2 --bn exact --log log.tsv start.npz model.npz
aml-eval -q -d cells --split all -p predictions.tsv model.npz
awk 'NR > 1 { printf "%s\tpatient %d\n", $1, NR % 12 }' predictions.tsv >patients.tsv
run aml-report -d cells -m model.npz --trail start.npz --log "one clinic=log.tsv" -g granulocytes=BAS,EOS,NGB,NGS \
	-g "immature cells=MMZ,MYB,PMO" --patients patients.tsv -t "Cells of the demo" -o report.html predictions.tsv
exits 0 "a page of 2,000 images"
check "below 3 MB: $(wc -c <report.html)" test "$(wc -c <report.html)" -lt 3000000

# Names that want to be more.
evil='</td><script>alert(1)</script>&"'"'"
printf 'id\ttrue\tpredicted\t<img src=x>\t&amp;\n' >odd.tsv
printf '%s\t%s\t%s\t.75\t.25\n' "$evil" '<img src=x>' '<img src=x>' $'a\xe2\x80\xae\xff' '&amp;' '<img src=x>' >>odd.tsv
run aml-report -q -t "$evil" -g "$evil=&amp;" -o odd.html odd.tsv
exits 0 "a page of odd names"

# What tidy 5.6 finds wrong with HTML that is younger than itself is passed over.
for page in report odd; do
	run tidy -q -e "$page.html"
	check "$page.html: valid" test -z "$(grep -vE '<svg> proprietary attribute|<table> lacks "summary"' "$err")"
done

run python3 "$TESTS/browser/check_page.py" "$folder" report.html odd.html
exits 0 "in the browser"
sed -n 's/^not ok [0-9]* - /# /p; s/^#   /#   /p' "$out"
check "all that was asked was answered" grep -q '^1\.\.50$' "$out"
end
