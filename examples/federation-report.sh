#!/bin/sh
# What a federation's model is worth, from what sites may share:   federation-report.sh [SITE=]SHARED.tsv...
# SHARED.tsv is a table of aml-score --share: counts, no line of a prediction. Prints a row for each site and one for all, with numbers of
# images and 95 % intervals, then all figures of all sites' images together.
set -eu
export LC_ALL=C
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-*) echo "${0##*/}: unknown option $1; try --help" >&2; exit 2 ;;
'') echo "${0##*/}: needs a table of aml-score --share; try --help" >&2; exit 2 ;;
esac

# row NAME TABLE...
row() {
	name=$1
	shift
	figures=$(aml-score --tsv "$@")
	printf '%s\n' "$figures" | NAME=$name awk -F '\t' '
		function with_interval() { return sprintf("%.3f (%.3f-%.3f)", $2, $3, $4) }
		$1 == "images" { images = $2 }
		$1 == "overall.accuracy" { accuracy = with_interval() }
		$1 == "overall.balanced_accuracy" { balanced = with_interval() }
		$1 == "overall.macro_f1" { f1 = with_interval() }
		END { printf "%-20s %7d  %19s  %19s  %19s\n", ENVIRON["NAME"], images, accuracy, balanced, f1 }'
}

printf '%-20s %7s  %19s  %19s  %19s\n' site images accuracy "balanced accuracy" "macro F1"
for table; do
	site=${table%%=*}
	[ "$site" != "$table" ] || { site=${table##*/} && site=${site%.tsv}; }
	row "$site" "${table#"$site"=}"
done
# The operands without their names
for table; do
	shift
	case $table in *=*) table=${table#*=} ;; esac
	set -- "$@" "$table"
done
row "all sites" "$@"
echo
aml-score "$@"
