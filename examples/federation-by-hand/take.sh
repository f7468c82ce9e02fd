#!/usr/bin/env bash
# The organiser's: takes what came back and makes the next model.   take.sh FEDERATION FILE... [-- OPTION...]
# FILEs are those that site.sh packed. Signatures are verified before what they sign is read; a site that is missing, late, unknown or twice
# there is told, and nothing is averaged, nor recorded. OPTIONs are aml-fedavg's, such as --allow-missing or --clip auto. Prints what the model that sites got
# is worth at each, from their counts. With "--report" in place of options nothing is averaged, and only that is printed.
set -euo pipefail
export LC_ALL=C
MOST=1073741824                 # bytes of a member of a file

fail() {
	echo "take.sh: $1" >&2
	exit 1
}

case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
esac
[ $# -ge 2 ] || { echo "usage: take.sh FEDERATION FILE... [-- OPTION...]; take.sh -h tells more" >&2; exit 2; }
[ -e "$1/0/global.npz" ] || fail "$1: no federation (no 0/global.npz in it)"
federation=$(cd "$1" && pwd)
shift
reporter=$(cd "$(dirname "$0")/.." && pwd)/federation-report.sh
last=0
while [ -e "$federation/$((last + 1))/global.npz" ]; do
	last=$((last + 1))
done
round=$((last + 1))
taken=$(mktemp -d "$federation/taken.XXXXXX")
trap 'rm -rf "$taken"' EXIT

# member FILE NAME TO: one member of a tar that a stranger made, and nothing else of it; fails if it is not there
member() {
	{ tar -xO "./$2" <"$1" 2>/dev/null || :; } | head -c $((MOST + 1)) >"$3"
	[ "$(wc -c <"$3")" -le $MOST ] || fail "$1: $2 in it is larger than $MOST bytes"
	[ -s "$3" ] || { rm "$3" && return 1; }
}

# take FILE: what it holds, in a folder of its name below $taken, so that messages tell the name
sites=() folders=()
take() {
	local folder=${1##*/} site name
	[ ! -e "$taken/$folder" ] || folder=again-${#folders[@]}-$folder
	mkdir "$taken/$folder"
	[ -f "$1" ] || fail "$1: no such file"
	member "$1" site "$taken/$folder/site" || fail "$1: not a file of site.sh"
	site=$(head -c 100 "$taken/$folder/site")
	[[ $site =~ ^[A-Za-z0-9_][A-Za-z0-9._-]*$ ]] || fail "$1: names no site"
	member "$1" counts.tsv "$taken/$folder/counts.tsv" || fail "$1: has no counts"
	for name in counts.tsv.sig update.npz update.npz.sig; do
		member "$1" $name "$taken/$folder/$name" || :
	done
	sites+=("$site")
	folders+=("$folder")
}

# digest FILE
digest() { sha256sum <"$1" | cut -c 1-64; }

# key SITE: its public key in the roster, or -; nothing if the site is not there
key() {
	awk -F '\t' -v site="$1" '{ sub(/\r$/, "") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["site"] == site { print $at["key"] }' \
		"$federation/roster.tsv"
}

# verify_counts: those of each site are its own, of the model that it got; no site has two
verify_counts() {
	local k site key of="the model of round $last" seen=" "
	for k in "${!sites[@]}"; do
		site=${sites[k]}
		key=$(key "$site")
		[ -n "$key" ] || fail "$site: ${folders[k]}: the roster has no such site"
		[[ $seen != *" $site "* ]] || fail "$site: ${folders[k]}: handed in another file already"
		seen+="$site "
		[ "$key" != - ] || continue
		printf '%s namespaces="aml-counts" %s\n' "$site" "$key" >"$taken/allowed"
		[ -e "$taken/${folders[k]}/counts.tsv.sig" ] || fail "$site: ${folders[k]}: its counts are not signed"
		{ digest "$federation/$last/global.npz" && digest "$taken/${folders[k]}/counts.tsv"; } |
			ssh-keygen -Y verify -q -f "$taken/allowed" -I "$site" -n aml-counts -s "$taken/${folders[k]}/counts.tsv.sig" >/dev/null 2>&1 ||
			fail "$site: ${folders[k]}: does not sign its counts as those of $of: late, altered, or another's"
	done
}

# fedavg OPTION...: of all updates
fedavg() {
	(cd "$taken" && aml-fedavg --previous "$federation/$last/global.npz" --roster "$federation/roster.tsv" "$@" "${models[@]}")
}

# average OPTION...: the next model, and beside it what it was made of
average() {
	local new=$federation/$round.new models=() k name
	for k in "${!sites[@]}"; do
		[ -e "$taken/${folders[k]}/update.npz" ] || fail "${sites[k]} handed in counts alone; --report takes these"
		models+=("${sites[k]}=${folders[k]}/update.npz")
	done
	# Tried first, without the ledger: what is wrong with any update or count is told before a line is written.
	fedavg -q -o /dev/null "$@" || fail "nothing was averaged; round $round goes on"
	verify_counts
	mkdir -p "$new"
	fedavg --ledger "$federation/ledger" -o "$new/global.npz" "$@" || {
		rm -r "$new"
		fail "nothing was averaged; round $round goes on"
	}
	for k in "${!sites[@]}"; do
		for name in update.npz update.npz.sig counts.tsv counts.tsv.sig; do
			[ ! -e "$taken/${folders[k]}/$name" ] || cp "$taken/${folders[k]}/$name" "$new/${sites[k]}-$name"
		done
	done
	mv "$new" "$federation/$round"
	echo "$federation/$round/global.npz: the model of round $round, of ${#sites[@]} sites"
}

while [ $# -gt 0 ] && [ "$1" != -- ] && [ "$1" != --report ]; do
	take "$1"
	shift
done
[ ${#sites[@]} -gt 0 ] || fail "no FILE is given"
if [ "${1:-}" != --report ]; then
	average "${@:2}"
else
	verify_counts
fi
tables=()
for k in "${!sites[@]}"; do
	tables+=("${sites[k]}=$taken/${folders[k]}/counts.tsv")
done
echo "What the model of round $last is worth, on images that were not trained with:"
sh "$reporter" "${tables[@]}"
