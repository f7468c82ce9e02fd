#!/bin/sh
# The organiser's: makes FEDERATION/kit-ROUND.tar, which every site gets.   kit.sh FEDERATION
# FEDERATION holds 0/global.npz, the first model; organiser and organiser.pub, the OpenSSH key pair that signs models; roster.tsv, the sites
# and their keys (aml-fedavg(1)). The kit has the tools of this machine ($BIN: the folder they are in), the model, its signature, and site.sh.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
'' | -*) echo "usage: kit.sh FEDERATION; kit.sh -h tells more" >&2; exit 2 ;;
esac
federation=$1
here=$(cd "$(dirname "$0")" && pwd)

fail() {
	echo "kit.sh: $1" >&2
	exit 1
}

for name in 0/global.npz organiser organiser.pub roster.tsv; do
	[ -e "$federation/$name" ] || fail "$federation/$name is missing; README.md tells how it is made"
done
last=0
while [ -e "$federation/$((last + 1))/global.npz" ]; do
	last=$((last + 1))
done
round=$((last + 1))
model=$federation/$last/global.npz

scratch=$(mktemp -d "$federation/kit.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
kit=$scratch/kit-$round
mkdir -p "$kit/bin"
for tool in aml-downsample aml-partition aml-train aml-eval aml-score aml-delta aml-info; do
	path=${BIN:+$BIN/$tool}
	path=${path:-$(command -v $tool)} || fail "$tool is not on PATH"
	cp "$path" "$kit/bin/"
done
strip "$kit"/bin/* 2>/dev/null || :             # without what debuggers want, if that can be had
cp "$model" "$kit/model.npz"
sha256sum <"$model" | cut -c 1-64 | ssh-keygen -Y sign -q -f "$federation/organiser" -n aml-model >"$kit/model.npz.sig"
cp "$federation/organiser.pub" "$federation/roster.tsv" "$here/site.sh" "$here/README.md" "$kit"
echo $round >"$kit/round"
tar -C "$scratch" -cf "$scratch/kit.tar" "kit-$round"
mv "$scratch/kit.tar" "$federation/kit-$round.tar"
echo "$federation/kit-$round.tar: $(wc -c <"$federation/kit-$round.tar") bytes, with the model of round $last"
echo "sha256 $(sha256sum <"$federation/kit-$round.tar" | cut -c 1-64), to be compared by the sites"
