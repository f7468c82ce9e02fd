#!/bin/sh
# Three sites and an organiser that share nothing but the files that are carried between them.   demo.sh NEW-FOLDER
# Two rounds with the demo's cells. south's clock is wrong, east brings the file of the round before, north brings two files.
# The tools are those in $BIN, build/release; each site is a folder that only it looks into; root plays it as the user nobody.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
'' | -*) echo "usage: demo.sh NEW-FOLDER; demo.sh -h tells more" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${BIN:=$top/build/release}" "${SIZE:=32}"
export BIN PATH="$BIN:$PATH"
mkdir "$1"
chmod 755 "$1"
cd "$1"

nobody="setpriv --reuid=nobody --regid=nogroup --clear-groups"

say() { printf '\n%s\n' "$*"; }

# at SITE COMMAND...: in its folder
at() {
	folder=$1
	shift
	if [ "$(id -u)" -eq 0 ] && $nobody test -x "$PWD"; then
		chown -R nobody "$folder"
		(cd "$folder" && HOME=$PWD $nobody "$@")
	else
		(cd "$folder" && "$@")
	fi
}

# visit SITE ROUND [OPTION]...: the kit is brought there, and what it makes is brought back
visit() {
	site=$1 of=$2
	shift 2
	cp "federation/kit-$of.tar" "$site/"
	[ "$site" != south ] || find south -exec touch -d 2099-01-01 {} +
	# shellcheck disable=SC2016 # of the shell there
	at "$site" sh -euc 'tar -xf "$1"; kit=${1%.tar}; shift; exec sh "$kit/site.sh" "$@"' sh "kit-$of.tar" "$site" key data "$@"
	[ "$site" != south ] || find south -exec touch -d 2099-01-01 {} +
	cp -p "$site/$site-$of.tar" "$site-$of.tar"
}

say "Each site has its cells and a key of its own, and tells the organiser the public one."
aml-downsample -q -s "$SIZE" -o all "$top/examples/demo-cells"
aml-partition -q -n 3 -S stratified all parts >/dev/null
mkdir federation
printf 'site\tkey\n' >federation/roster.tsv
k=0
for site in north south east; do
	mkdir $site
	cp -r parts/partition$k $site/data
	at $site ssh-keygen -q -t ed25519 -N '' -C '' -f key
	printf '%s\t%s\n' $site "$(cut -d ' ' -f 1,2 $site/key.pub)" >>federation/roster.tsv
	k=$((k + 1))
done
rm -r all parts

say "The organiser makes the first model, and a kit for all."
mkdir federation/0
aml-init -s 1 --size "$SIZE" federation/0/global.npz
ssh-keygen -q -t ed25519 -N '' -C '' -f federation/organiser
sh "$here/kit.sh" federation

say "Round 1: the kit is carried to each site, a file comes back."
for site in north south east; do
	visit $site 1
done
"$here/take.sh" federation north-1.tar south-1.tar east-1.tar

say "Round 2: east brings the file of round 1 again, and north one file too many."
sh "$here/kit.sh" federation
for site in north south east; do
	visit $site 2
done
mv north-2.tar north-2a.tar
visit north 2 -e 1 -b 16 --bn exact -s 99
if "$here/take.sh" federation north-2.tar north-2a.tar south-2.tar east-1.tar; then
	exit 1
fi

say "The organiser asks them, and takes what is right."
"$here/take.sh" federation north-2.tar south-2.tar east-2.tar

say "The last model is carried round once more, for the report."
sh "$here/kit.sh" federation
for site in north south east; do
	visit $site 3 report
done
"$here/take.sh" federation north-3.tar south-3.tar east-3.tar --report | head -n 5

say "Who contributed what, from the files:"
aml-info --ledger federation/ledger federation/?/*.npz
