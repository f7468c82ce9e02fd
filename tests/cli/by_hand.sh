#!/usr/bin/env bash
# The federation by hand: the page's commands as they stand, the demo, and files that are not what they should be. TAP on stdout.
# shellcheck disable=SC2317 # run_rows calls the functions
. "${0%/*}/../lib.sh"
# shellcheck source=tests/printed.sh
. "$TESTS/printed.sh"
PAGE=examples/federation-by-hand/README.md
HAND=$TOP/examples/federation-by-hand

if ! command -v ssh-keygen >/dev/null; then
	skip "no ssh-keygen, no signatures"
	end
fi

rows() {
	cat <<-'TABLE'
	examples/federation-by-hand/README.md | ssh-keygen -q -t ed25519                 | keys
	examples/federation-by-hand/README.md | aml-downsample --classes                 | datasets
	examples/federation-by-hand/README.md | mkdir -p federation/0                    | first_model
	examples/federation-by-hand/README.md | sh examples/federation-by-hand/kit.sh    | kit
	examples/federation-by-hand/README.md | tar -xf kit-1.tar                        | visits
	examples/federation-by-hand/README.md | examples/federation-by-hand/take.sh      | taken
	TABLE
}

# in_folder NAME BLOCK: runs it there
in_folder() {
	cd "$1" && run sh -eu "$2"
	cd .. && exits 0 "$1: $(head -n 1 "$2")"
}

mkdir organiser north south
ln -s "$TOP/examples" organiser/examples
keys() {
	local site
	for site in north south; do
		in_folder "$site" "$1"
		cp "$site/key.pub" "organiser/$site.pub"
	done
}
# Small images, so that the page's commands take little time
datasets() {
	local site class of=head
	for site in north south; do
		for class in BAS EOS LYT NGS; do
			mkdir -p "$site/cells/$class"
			find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | "$of" -n 15 |
				xargs -d '\n' cp -t "$site/cells/$class"
		done
		sed 's/aml-downsample /&-q -s 20 /' "$1" >block
		in_folder "$site" "$PWD/block"
		of='tail'
	done
}
first_model() {
	sed 's/aml-init /&--size 20 /; s/\(aml-init.*\)\(federation\)/\1--classes BAS,EOS,LYT,NGS \2/' "$1" >block
	in_folder organiser "$PWD/block"
	check "a line for each site and the title" test "$(cut -f 1 organiser/federation/roster.tsv | paste -s -d ' ')" = "site north south"
}
kit() {
	in_folder organiser "$1"
	stdout_has "$(sha256sum <organiser/federation/kit-1.tar | cut -c 1-64)"
	cp organiser/federation/kit-1.tar north
	cp organiser/federation/kit-1.tar south
}
visits() {
	in_folder north "$1"
	check "one file to carry back" test "$(tar -tf north/north-1.tar | sort | paste -s -d ' ')" = "./ ./counts.tsv ./counts.tsv.sig ./site ./update.npz ./update.npz.sig"
	check "no image's name leaves" test "$(tar -xOf north/north-1.tar | grep -caF "$(cd north/cells && find . -name '*.tiff' -exec basename {} .tiff \;)")" -eq 0
	sed 's/ north / south /' "$1" >block
	in_folder south "$PWD/block"
	cp north/north-1.tar south/south-1.tar organiser
}
taken() { in_folder organiser "$1"; }

export BIN
# shellcheck disable=SC2119 # all of them
run_rows
all_have_rows $PAGE

# ---- the model is that of aml-fedavg ----
F=organiser/federation
aml-fedavg -q --previous $F/0/global.npz -o mean.npz north=$F/1/north-update.npz south=$F/1/south-update.npz
weights() { aml-info --json "$1" | grep '"weights"'; }
check "aml-fedavg makes the same weights of the same files" test "$(weights mean.npz)" = "$(weights $F/1/global.npz)"
run aml-info --ledger $F/ledger $F/*/*.npz
exits 0 "the ledger agrees with the files"

# ---- round 2: what is refused, each by its name ----
take() { run "$HAND/take.sh" $F "$@"; }
# refused TEXT WHAT: nothing is left of it
refused() {
	exits 1 "$2"
	check "$2: '$1'" grep -qF -- "$1" "$err"
	check "$2: nothing was made" test "$(cd $F && printf '%s ' *)" = "0 1 kit-1.tar kit-2.tar ledger organiser organiser.pub roster.tsv "
}
run sh "$HAND/kit.sh" $F
exits 0 "the second kit"
for site in north south; do
	cp $F/kit-2.tar $site && tar -C $site -xf $F/kit-2.tar
	(cd $site && sh kit-2/site.sh $site key data >/dev/null 2>&1) || fail "$site trains again"
done
take north/north-2.tar south/south-1.tar
refused "aml-fedavg: south: south-1.tar/update.npz: holds differences from the parent" "a file of the round before"
take north/north-2.tar
refused "aml-fedavg: south: missing: no model was given" "a site that is missing"
cp north/north-2.tar "again: 2.tar"
take north/north-2.tar south/south-2.tar "again: 2.tar"
refused "aml-fedavg: north: again: 2.tar/update.npz: handed in" "a site twice"
take south/south-2.tar north/kit-2.tar
refused "take.sh: north/kit-2.tar: not a file of site.sh" "the kit in place of what it made"
for name in missing.tar north mean.npz; do
	take $name south/south-2.tar
	refused "take.sh: $name: " "$name in place of a file"
done
# repack NAME COMMAND...: north's file with one thing changed, by a command in its folder
repack() {
	local name=$1
	shift
	rm -rf pack && mkdir pack && tar -C pack -xf north/north-2.tar
	(cd pack && "$@") && tar -C pack -cf "$name" .
}
repack altered.tar sh -c "printf x | dd of=update.npz bs=1 seek=5000 conv=notrunc status=none"
take altered.tar south/south-2.tar
refused "aml-fedavg: north: altered.tar/update.npz.sig: does not sign this file" "an altered file"
repack unsigned.tar rm update.npz.sig
take unsigned.tar south/south-2.tar
refused "aml-fedavg: north: unsigned.tar/update.npz" "an unsigned file"
repack other.tar sh -c 'echo south >site'
take other.tar north/north-2.tar
refused "aml-fedavg: south: other.tar/update.npz.sig: does not sign this file" "another site's name"
changed="sed -i s/^images./&9/ counts.tsv"
# shellcheck disable=SC2086 # a command
repack counted.tar $changed
take counted.tar south/south-2.tar
refused "take.sh: north: counted.tar: does not sign its counts" "altered counts"
repack unsigned-counts.tar rm counts.tsv.sig
take unsigned-counts.tar south/south-2.tar
refused "take.sh: north: unsigned-counts.tar: its counts are not signed" "unsigned counts"
repack earlier.tar tar -xf ../north/north-1.tar ./counts.tsv ./counts.tsv.sig
take earlier.tar south/south-2.tar
refused "take.sh: north: earlier.tar: does not sign its counts as those of the model of round 1" "counts of another round"
for row in "counted.tar|north: counted.tar: does not sign its counts|altered counts" "north/north-1.tar|north: north-1.tar: does not sign|counts of another round" \
	"other.tar|south: other.tar: does not sign|another site's counts"; do
	IFS='|' read -r file text what <<<"$row"
	take "$file" --report
	refused "take.sh: $text" "report of $what"
done
take north/north-2.tar "again: 2.tar" --report
refused "take.sh: north: again: 2.tar: handed in another file already" "report of a site twice"
repack mallory.tar sh -c 'echo mallory >site'
take mallory.tar --report
refused "take.sh: mallory: mallory.tar: the roster has no such site" "report of an unknown site"
repack strange.tar sh -c 'echo ../../evil >site'
take strange.tar south/south-2.tar
refused "take.sh: strange.tar: names no site" "a name that is a path"
take
exits 2 "no file"

take north/north-2.tar -- --allow-missing
exits 0 "without south, if that is wanted"
check "the ledger says so" grep -q '"missing": *\[ *"south"' <(tail -n 1 $F/ledger)

# ---- the kit, as a site sees it ----
site() { (cd south && run sh kit-2/site.sh "$@"; exit "$status"); status=$?; }
mv south/kit-2/model.npz whole.npz
{ cat whole.npz; echo; } >south/kit-2/model.npz
site south key data
exits 1 "an altered model"
check "is not trained" grep -q "site.sh: the model is not the one that the organiser signed" "$err"
mv whole.npz south/kit-2/model.npz
ssh-keygen -q -t ed25519 -N '' -f impostor
cp impostor.pub south/kit-2/organiser.pub
site south key data
exits 1 "another organiser"
check "is not believed" grep -q "another organiser's key" "$err"
cp south/organiser.pub south/kit-2/
site 'so uth' key data
exits 1 "a name that is none"
site south nokey data
exits 1 "no key"
check "it says how to make one" grep -q 'ssh-keygen -t ed25519 -f nokey' "$err"
site south key nodata
exits 1 "no data"
sh "$HAND/kit.sh" $F >/dev/null && tar -C south -xf $F/kit-3.tar
SHARE="--min-cell 5" TOOLS=$BIN run sh -c 'cd south && sh kit-3/site.sh south key data report'
exits 0 "counts alone, of small ones none"
cp south/south-3.tar counts.tar
take counts.tar
check "counts are no update" grep -q "south handed in counts alone" "$err"
take counts.tar --report
exits 0 "but a report"
stdout_has "all sites"

# ---- the demo ----
chmod 711 "$SCRATCH" "$SCRATCH/work"
run env SIZE=20 sh "$HAND/demo.sh" demo
exits 0 "the demo"
check "east is late, north is there twice" test "$(grep -cE '^aml-fedavg: (east: east-1.tar|north: north-2a.tar)' "$err")" -eq 2
check "and all is well in the end" grep -qx '2 rounds, 0 faults' "$out"
check "three sites, a row each, and one for all" test "$(tail -n 40 "$out" | grep -cE '^(north|south|east|all sites) +[0-9]+  ')" -ge 3
end
