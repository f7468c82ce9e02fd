#!/bin/sh
# Evaluates a model of the federation on local data: confusion.sh MODEL-ID DATASET [FOLDER]
# Downloads the model by its id from FEDn (FEDN_URL, FEDN_TOKEN) and writes model.npz, report.json,
# predictions.tsv and the confusion matrix to FOLDER (default: MODEL-ID). The id - means the newest model.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-?*) echo "confusion.sh: unknown option $1; try --help" >&2; exit 2 ;;
esac
[ $# -ge 2 ] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }
id=$1 dataset=$2
: "${FEDN_URL:=http://127.0.0.1:8092}"

fetch() {
	curl --fail --silent --show-error ${FEDN_TOKEN:+-H "Authorization: Bearer $FEDN_TOKEN"} "$@"
}

if [ "$id" = - ]; then
	newest=$(fetch -H 'X-Limit: 1' -H 'X-Sort-Key: committed_at' -H 'X-Sort-Order: desc' "$FEDN_URL/api/v1/models/") || {
		echo "confusion.sh: no answer from $FEDN_URL; FEDN_URL and FEDN_TOKEN tell where the server is" >&2
		exit 1
	}
	id=$(printf '%s\n' "$newest" | sed -n 's/.*"model_id": *"\([^"]*\)".*/\1/p')
	[ -n "$id" ] || { echo "confusion.sh: $FEDN_URL has no model yet" >&2; exit 1; }
fi
folder=${3:-$id}
mkdir -p -- "$folder"
fetch -o "$folder/model.npz" "$FEDN_URL/api/v1/models/$id/download" || {
	echo "confusion.sh: no model $id from $FEDN_URL" >&2
	rmdir -- "$folder" 2>/dev/null || :
	exit 1
}
aml-eval -q -d "$dataset" -p "$folder/predictions.tsv" "$folder/model.npz" "$folder/report.json"
aml-confmat -t "model $id" -o "$folder/confusion.svg" "$folder/predictions.tsv"
aml-confmat "$folder/predictions.tsv"
