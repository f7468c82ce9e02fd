#!/usr/bin/env bash
# aml-fedavg --roster: who is refused, by name; what a signature covers; files exchanged meanwhile.
# shellcheck disable=SC2317 # functions are called by check
. "${0%/*}/../lib.sh"

for class in BAS EOS LYT; do
	mkdir -p "cells/$class"
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 6 | xargs -d '\n' cp -t "cells/$class"
done
aml-downsample -q -s 20 -o data cells && aml-init --size 20 start.npz || exit

# train SITE SEED [FROM [OPTION]...]: the model of a site
train() { aml-train -q -d data -b 6 -s "$2" "${@:4}" "${3:-start.npz}" "$1.npz"; }

train north 1 && train east 2 && train south 3 || exit
aml-fedavg -q --previous start.npz -o plain.npz north.npz east.npz south.npz || exit
printf 'site\tkey\tmin_examples\nnorth\t-\t-\neast\t-\t12\nsouth\t-\t-\n' >roster.tsv
with=(aml-fedavg -q --previous start.npz --roster roster.tsv -o out.npz)

# lists LINE...: exit 1, no result, and these lines alone on stderr, each from the start of a message on
lists() {
	local line
	[ "$status" -eq 1 ] && [ ! -e out.npz ] && [ "$(wc -l <"$err")" -eq $# ] || return
	for line; do
		grep -qF -- "aml-fedavg: $line" "$err" || return
	done
}

# ---- who ----
run "${with[@]}" north.npz east.npz south.npz
exits 0 "all of the roster"
stderr_is_empty "all of the roster"
same plain.npz out.npz "the same bytes as without a roster"
mkdir elsewhere && cp east.npz elsewhere/x.y
cp south.npz 'a=b.npz'
rm out.npz
run "${with[@]}" south=a=b.npz north.npz east=elsewhere/x.y
exits 0 "sites before the names"
same plain.npz out.npz "the same bytes"
rm out.npz
cp south.npz south=.npz
run "${with[@]}" north.npz east.npz =./south=.npz
check "without a site before '=' it is the file's name" lists "south=: ./south=.npz: the roster has no such site" \
	"south: missing: no model was given"
run "${with[@]}" north.npz west=south.npz
check "missing ones and unknown ones, all of them" lists "west: south.npz: the roster has no such site" \
	"east: missing: no model was given" "south: missing: no model was given"
run "${with[@]}" north.npz east.npz south.npz north=elsewhere/x.y
check "a site twice" lists "north: elsewhere/x.y: handed in north.npz already"
cp north.npz east2.npz
run "${with[@]}" north.npz east=east2.npz south.npz
check "one file for two sites" lists "east: east2.npz: the same bytes as north.npz of north"
run "${with[@]}" north.npz east=north.npz south.npz
check "the same of one name" lists "east: north.npz: the same bytes as north.npz of north"
aml-delta -b 8 -p start.npz north.npz north.delta && aml-delta -x -p start.npz north.delta again.npz
run "${with[@]}" north=north.delta east=again.npz south.npz
check "the same numbers in two forms" test ! -e out.npz
stderr_has "again.npz: the same numbers as"
run "${with[@]}" -w 1,1,1 north.npz east.npz missing.npz
check "a file that is not there" lists "missing: missing.npz: the roster has no such site" "south: missing"
run "${with[@]}" north.npz east.npz south=missing.npz
check "of a site that is" lists "south: missing.npz: No such file or directory"
run "${with[@]}" --allow-missing north.npz south.npz
exits 0 "without a site that may be missing"
stderr_is_empty "-q"
check "how many are missing is a fact" grep -qa '"missing": 1[,}]' out.npz
rm out.npz
run aml-fedavg --previous start.npz --roster roster.tsv --allow-missing -o out.npz north.npz south.npz
check "it is named" grep -qxF 'east: missing, went on without' "$err"
rm out.npz
run "${with[@]}" --allow-missing north.npz west=south.npz
check "an unknown one is refused all the same" lists "west: south.npz: the roster has no such site"

# ---- what ----
train late 4 plain.npz
letters=A,B,C,D,E,F,G,H,I,J,K,L,M,N,O
aml-init --size 24 other.npz && aml-init --size 20 --classes $letters turned.npz
run "${with[@]}" north=late.npz east=other.npz south=turned.npz
check "another parent, another size, other classes: all at once" lists \
	"north: late.npz: was not trained from the previous model, " "east: other.npz: " \
	"south: turned.npz: its classes are $letters, those of the others BAS,"
head -c 3000 south.npz >cut.npz
sed 's/"parents"/"unknown"/' south.npz >orphan.npz
run "${with[@]}" north=cut.npz east=/dev/null south=orphan.npz
check "half a file, an empty one, one that tells no parent" lists "north: cut.npz: not an .npz archive" "east: /dev/null: " \
	"south: orphan.npz: does not tell which model it was trained from"
run "${with[@]}" north.npz east=data south.npz
check "a folder" lists "east: data: Is a directory"
sed 's/12$/13/' roster.tsv >many.tsv
run "${with[@]}" --roster many.tsv north.npz east.npz south.npz
check "too few images" lists "east: east.npz: trained on 12 images, the roster expects 13"
run "${with[@]}" --roster many.tsv --equal north.npz east.npz south.npz
check "too few, also where they are no weights" lists "east: east.npz: trained on 12 images, the roster expects 13"
run "${with[@]}" --roster missing.tsv north.npz
fails_with "missing.tsv: No such file" "no roster"
run "${with[@]}" --roster /dev/null north.npz
fails_with "/dev/null: empty" "an empty roster"
run "${with[@]}" --roster north.npz north.npz
fails_with "north.npz: line" "a model in its place"
run aml-fedavg --roster roster.tsv north.npz
wrong_usage "--roster needs --previous" "no previous model"
run aml-fedavg --allow-missing --previous start.npz north.npz
wrong_usage "--allow-missing goes with --roster only" "no roster"
run "${with[@]}" -o roster.tsv north.npz
fails_with "--roster and -o are the same file, roster.tsv" "the roster as output"

if ! command -v ssh-keygen >/dev/null; then
	skip "no ssh-keygen, no signatures"
	end
fi

# ---- signatures ----
for site in north east south thief; do
	ssh-keygen -q -t ed25519 -N '' -C "$site" -f "$site.key" || exit
done
ssh-keygen -q -t rsa -b 2048 -N '' -f rsa.key

# sign FILE KEY [NAMESPACE]
sign() { sha256sum <"$1" | cut -c1-64 | ssh-keygen -Y sign -q -f "$2" -n "${3:-aml-model}" >"$1.sig" 2>/dev/null; }

printf 'site\tkey\nnorth\t%s\neast\t%s\nsouth\t-\n' "$(cat north.key.pub)" "$(cut -d' ' -f1,2 rsa.key.pub)" >roster.tsv
sign north.npz north.key && sign east.npz rsa.key
run "${with[@]}" north.npz east.npz south.npz
exits 0 "two that sign, one that does not"
same plain.npz out.npz "the same bytes"
rm out.npz
for jobs in 1 3; do
	run "${with[@]}" -j $jobs -o jobs.npz east.npz south.npz north.npz
	same plain.npz jobs.npz "with -j $jobs"
done
mv north.npz.sig kept.sig
run "${with[@]}" north.npz east.npz south.npz
check "no signature" lists "north: north.npz.sig: No such file or directory"
cp east.npz.sig north.npz.sig
run "${with[@]}" north.npz east.npz south.npz
check "another site's" lists "north: north.npz.sig: does not sign this file with the key of north"
sign north.npz thief.key
run "${with[@]}" north.npz east.npz south.npz
check "by another key" lists "north: north.npz.sig: does not sign this file with the key of north"
sign north.npz north.key file
run "${with[@]}" north.npz east.npz south.npz
check "for another purpose" lists "north: north.npz.sig: does not sign this file with the key of north"
for wrong in '' 'no signature'; do
	echo "$wrong" >north.npz.sig
	run "${with[@]}" north.npz east.npz south.npz
	check "none: '$wrong'" lists "north: north.npz.sig: does not sign this file"
done
head -c 100000 /dev/zero >north.npz.sig
run "${with[@]}" north.npz east.npz south.npz
check "a large one" lists "north: north.npz.sig: larger than"
cp kept.sig north.npz.sig
cp east.npz swapped.npz && cp east.npz.sig swapped.npz.sig
run "${with[@]}" north=swapped.npz east=north.npz south.npz
check "two files exchanged" lists "north: swapped.npz.sig: does not" "east: north.npz.sig: does not"

# The facts are signed as well as the numbers: the count, the parent.
LC_ALL=C sed 's/"num_examples": 12/"num_examples": 21/' north.npz >more.npz && cp north.npz.sig more.npz.sig
check "a file with another count" test "$(aml-info --json more.npz | grep -c '"num_examples": 21')" -eq 1
run "${with[@]}" north=more.npz east.npz south.npz
check "an altered count" lists "north: more.npz.sig: does not sign this file"
# Nothing is parsed before: what is no model has a wrong signature first.
cp cut.npz bad.npz && cp north.npz.sig bad.npz.sig
run "${with[@]}" north=bad.npz east.npz south.npz
check "the signature comes before the content" lists "north: bad.npz.sig: does not sign this file"
run "${with[@]}" north=- east.npz south.npz <north.npz
check "standard input" lists "north: standard input has no signature beside it"
aml-init -s 8 --size 20 random.npz && aml-delta -p start.npz random.npz small && aml-delta -x -p start.npz small untold.npz
sign untold.npz north.key && echo '{"num_examples": 1000}' >untold.npz-metadata
run "${with[@]}" north=untold.npz east.npz south.npz
check "a count that is not signed does not count" lists "north: untold.npz: is signed, but does not tell its num_examples itself"
aml-delta -b 8 -p start.npz north.npz signed.delta && sign signed.delta north.key
run "${with[@]}" north=signed.delta east.npz south.npz
exits 0 "a difference, signed as it is"
rm out.npz
mkdir bare
run env PATH="$PWD/bare" "$BIN/aml-fedavg" "${with[@]:1}" north.npz east.npz south.npz
check "without ssh-keygen" lists "north: ssh-keygen, which verifies signatures: No such file" \
	"east: ssh-keygen, which verifies signatures: No such file"
mkfifo pipe
cat north.npz >pipe &
cp north.npz.sig pipe.sig
run "${with[@]}" north=pipe east.npz south.npz
exits 0 "through a pipe, whose bytes are kept"
same plain.npz out.npz "and averaged"
rm out.npz

# A file that is exchanged after it was verified: in its place, and in its bytes.
real=$(command -v ssh-keygen)
cat >bare/ssh-keygen <<EOF
#!/bin/sh
"$real" "\$@" || exit
[ "\$6" != north ] || . ./exchange
EOF
chmod +x bare/ssh-keygen
cp north.npz honest.npz
train evil 9
meanwhile() {
	printf '%s\n' "$1" >exchange
	run env PATH="$PWD/bare:$PATH" "${with[@]}" north.npz east.npz south.npz
	cp honest.npz north.npz
}
meanwhile 'cp evil.npz new.npz && mv new.npz north.npz'
check "replaced after it was verified" lists "north: north.npz: was changed or replaced while it was read"
meanwhile 'cat evil.npz >north.npz'
check "overwritten" lists "north: north.npz: "
meanwhile 'cat evil.npz >north.npz; cat honest.npz >north.npz; touch -r honest.npz north.npz'
check "overwritten and restored" lists "north: north.npz: was changed or replaced while it was read"
meanwhile true
exits 0 "left alone"
rm out.npz

end
