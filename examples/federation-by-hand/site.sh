#!/bin/sh
# A site's: trains the model of the kit that this script is in, and packs one file to carry back.   site.sh SITE KEY DATASET [OPTION]...
# SITE is its name in the roster, KEY its private OpenSSH key, OPTIONs are aml-train's ("-e 1 -b 16 --bn exact" if there is none).
# Writes SITE-ROUND.tar here: the update in 8 bits for each number, counts of what the received model is worth on the site's images that are
# not trained with, and signatures of both. With "report" in place of options it does not train, and packs the counts alone.
# In the environment, TOOLS names a folder with tools of one's own, which run in place of the kit's, and SHARE holds options for
# aml-score --share, such as "--min-cell 5", which hides small counts.
set -eu
export LC_ALL=C
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
esac
[ $# -ge 3 ] || { echo "usage: site.sh SITE KEY DATASET [OPTION]...; site.sh -h tells more" >&2; exit 2; }
site=$1 key=$2 dataset=$3
shift 3
kit=$(cd "$(dirname "$0")" && pwd)
PATH=${TOOLS:-$kit/bin}:$PATH
round=$(cat "$kit/round")

fail() {
	echo "site.sh: $1" >&2
	exit 1
}

# digest FILE
digest() { sha256sum <"$1" | cut -c 1-64; }

case $site in *[!A-Za-z0-9._-]* | '' | [.-]*) fail "'$site': a site's name has letters, digits, '.', '_' and '-'" ;; esac
aml-train --version >/dev/null || fail "the tools of the kit do not run here; build them from source, and name their folder by TOOLS"
[ -r "$key" ] || fail "$key: no such key; ssh-keygen -t ed25519 -f $key makes it and $key.pub, which the organiser needs"

# The organiser's key is believed the first time, and must stay the same.
if [ ! -e organiser.pub ]; then
	cp "$kit/organiser.pub" organiser.pub
	echo "The organiser's key, from now on in organiser.pub; compare it with what the organiser tells you on another way:"
	ssh-keygen -l -f organiser.pub
fi
cmp -s organiser.pub "$kit/organiser.pub" || fail "the kit has another organiser's key than organiser.pub here"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
awk '{ print "organiser namespaces=\"aml-model\" " $1 " " $2 }' organiser.pub >"$scratch/allowed"
digest "$kit/model.npz" |
	ssh-keygen -Y verify -q -f "$scratch/allowed" -I organiser -n aml-model -s "$kit/model.npz.sig" >"$scratch/said" 2>&1 ||
	fail "the model is not the one that the organiser signed: $(tail -n 1 "$scratch/said")"

pack=$scratch/pack
mkdir "$pack"
echo "$site" >"$pack/site"
aml-eval -q --split valid -d "$dataset" -p "$scratch/predictions.tsv" "$kit/model.npz" "$scratch/report.json"
# shellcheck disable=SC2086 # options
aml-score --share ${SHARE:-} -o "$pack/counts.tsv" "$scratch/predictions.tsv"
# Counts say nothing without the model that they are of.
{ digest "$kit/model.npz" && digest "$pack/counts.tsv"; } | ssh-keygen -Y sign -q -f "$key" -n aml-counts >"$pack/counts.tsv.sig"
if [ "${1:-}" != report ]; then
	[ $# -gt 0 ] || set -- -e 1 -b 16 --bn exact
	aml-train -q -s "$round" "$@" -d "$dataset" "$kit/model.npz" "$scratch/trained.npz"
	aml-delta -p "$kit/model.npz" "$scratch/trained.npz" "$pack/update.npz"
	digest "$pack/update.npz" | ssh-keygen -Y sign -q -f "$key" -n aml-model >"$pack/update.npz.sig"
fi
out=$site-$round.tar
tar -C "$pack" -cf "$scratch/out.tar" .
cp "$scratch/out.tar" "$out.new" && mv "$out.new" "$out"

echo "$out: $(wc -c <"$out") bytes. It holds"
echo "  site             the name $site"
echo "  counts.tsv       how often which class was taken for which, of $(sed -n 's/^images	//p' "$pack/counts.tsv") images that are not trained with; no name of an image"
echo "  counts.tsv.sig   the signature of these and of the model that they are of"
[ ! -e "$pack/update.npz" ] || aml-info --json "$pack/update.npz" | awk -F '"' '
	$2 == "num_examples" { gsub(/[^0-9]/, "", $3); images = $3 }
	END { print "  update.npz       how the weights changed in training on " images " images; update.npz.sig is its signature" }'
