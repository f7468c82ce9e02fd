#!/usr/bin/env bash
# What README, the page on aml-serve and that for FEDn's clinics print is run as it stands, here or by the test that a row names. Images are small where the
# commands allow it; what they name of other machines, or of the system's folders, is in a folder here.
# shellcheck disable=SC2317 # run_rows calls the functions
. "${0%/*}/../lib.sh"
# shellcheck source=tests/printed.sh
. "$TESTS/printed.sh"
# shellcheck source=tests/stand_ins.sh
. "$TESTS/stand_ins.sh"
export CALLS=$PWD/calls HOST_ROOT=$PWD/there

rows() {
	cat <<-'TABLE'
	README.md | $ git clone https://ADDRESS            | = tests/tutorial.sh
	README.md | $ sh tests/run.sh                      | - it runs this test among all others
	README.md | sh examples/setup.sh                   | = tests/tutorial.sh
	README.md | aml-downsample -o held-out cells       | clinic_page
	README.md | sh examples/serve/serve.sh build/demo  | = tests/serve/examples.sh
	README.md | PATH=$PWD/build/release:$PATH          | = tests/tutorial.sh
	README.md | aml-init -s 1 round0.npz               | = tests/tutorial.sh
	README.md | for round in $(seq 12); do             | = tests/tutorial.sh
	README.md | aml-confmat -o matrix.svg              | = tests/tutorial.sh
	README.md | entry_points:                          | compute_package
	README.md | make -f examples/federation.mk -j      | by_make
	README.md | examples/slurm/federate.sh -r 10       | by_slurm
	examples/serve/README.md | sh examples/serve/serve.sh build/demo | = tests/serve/examples.sh
	examples/serve/README.md | sudo make install       | - changes the system: systemd, its users
	examples/serve/README.md | sudo install -m 644 new | model_moved
	examples/serve/README.md | {"time": "2026-         | logged
	examples/fedn/README.md  | clinic/                 | clinic_folder
	examples/fedn/README.md  | cd clinic               | clinic_data
	examples/fedn/README.md  | aml-init /tmp/in.npz    | clinic_commands
	examples/fedn/README.md  | python3 -m venv fedn && fedn/bin/pip install fedn==   | = tests/fedn/check.sh
	examples/fedn/README.md  | python3 -m venv fedn && fedn/bin/pip install --ignore | = tests/fedn/check.sh
	examples/fedn/README.md  | sh make-package.sh 1    | organiser
	examples/fedn/README.md  | AML_FEDAVG="--clip auto" AML_SEED | - FEDn's network; tests/fedn/server_functions.sh starts it on loopback
	examples/fedn/README.md  | from fedn import APIClient       | - FEDn's network; tests/fedn/run.py calls it so
	examples/fedn/README.md  | FEDN_URL=https://fedn.example.org sh confusion.sh     | = tests/fedn/check.sh
	TABLE
}

# in_folder NAME BLOCK: runs it there, beside a link to examples
in_folder() {
	mkdir -p "$1"
	ln -sfn "$TOP/examples" "$1/examples"
	cd "$1" && run sh -eu "$2"
	cd .. && exits 0 "$(head -n 1 "$2")"
}

clinic_page() {
	local class
	for class in BAS EOS LYT; do
		mkdir -p "page/cells/$class"
		find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 2 | xargs -d '\n' cp -t "page/cells/$class"
	done
	aml-init page/model.npz
	ln -sfn "$TOP/examples/clinic" clinic-tables
	sed "s,/usr/local/share/aml,$PWD/clinic-tables," "$1" >block
	in_folder page "$PWD/block"
	check "a page with groups of cells" grep -q 'immature' page/report.html
}

# The command of an entry point, with the two names that FEDn appends.
compute_package() {
	entry() { sed -nE "s/^  $1: +\{command: '(.*)'\}\$/\1 \"\$1\" \"\$2\"/p" "$block"; }
	local block=$1
	run env FEDN_DATA_PATH=parts/partition0 sh -euc "$(entry train)" sh start.npz trained.npz
	exits 0 "FEDn's train: $(entry train)"
	run env FEDN_DATA_PATH=parts/partition0 sh -euc "$(entry validate)" sh trained.npz report.json
	exits 0 "FEDn's validate: $(entry validate)"
	check "a report" grep -q '"accuracy"' report.json
}

by_make() {
	mkdir -p by-make/data "$HOST_ROOT/srv"
	cp -r parts/partition0 by-make/data/north
	cp -r parts/partition1 "$HOST_ROOT/srv/cells"
	SIZE=20 in_folder by-make "$1"
	check "an accuracy for each client" test "$(grep -cE '^(north|south)	0\.' "$out")" -eq 2
}

# federate.sh makes no first model where there is one.
by_slurm() {
	mkdir -p by-slurm/data by-slurm/federation/0
	cp -r parts/partition0 by-slurm/data/north
	cp -r parts/partition1 by-slurm/data/south
	cp start.npz by-slurm/federation/0/global.npz
	in_folder by-slurm "$1"
	check "21 jobs with what sbatch gets" test "$(grep -c -- '--partition=short --mem=4G' calls)" -eq 21
	same by-make/federation/10/global.npz by-slurm/federation/10/global.npz "folders, ssh and Slurm give the same bytes"
}

# served: the digest of the model that is served
served() {
	GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/about aml-serve -m cells=there/srv/aml-serve/cells.npz 2>"$err" |
		grep -o '"digest": "[0-9a-f]*"'
}

model_moved() {
	local former
	mkdir -p there/srv/aml-serve
	stand_in sudo <<-'SH'
		#!/bin/sh
		for argument; do
			shift
			case $argument in /srv/*) argument=$HOST_ROOT$argument ;; esac
			set -- "$@" "$argument"
		done
		exec "$@"
	SH
	cp trained.npz there/srv/aml-serve/cells.npz
	former=$(served)
	cp start.npz new.npz
	run sh -eu "$1"
	exits 0 "$(head -n 1 "$1")"
	check "the new model is served" test "$(served)" != "$former"
	same new.npz there/srv/aml-serve/cells.npz "which is the file"
}

# keys FILE: the names of a JSON text
keys() { grep -oE '"[a-z_0-9]+":' "$1" | sort -u; }

logged() {
	local picture
	picture=$(find "$TOP/examples/demo-cells/BAS" -name '*.tiff' | sort | head -n 1)
	run env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST PATH_INFO=/cells REMOTE_USER=ada CONTENT_LENGTH="$(wc -c <"$picture")" \
		aml-serve -m cells=start.npz --min-prob .5 --log log <"$picture"
	same <(keys "$1") <(keys log) "the log of aml-serve has these fields"
}

clinic_folder() {
	check "client.yaml is there to be copied" cp "$TOP/examples/fedn/client/client.yaml" "$(mkdir clinic && echo clinic)"
	check "it has a name, an id and an address" test "$(grep -cE '^(name|client_id|api_url): ' clinic/client.yaml)" -eq 3
	check "nothing else but the dataset" test "$(sed 1d "$1" | cut -c 3-15 | paste -s -d ' ' | tr -s ' ')" = "client.yaml data/ "
}

# in_the_clinic BLOCK: with a tree and a folder for temporary files that are here
in_the_clinic() {
	sed "s,/tmp/,$PWD/tmp/,g; s,/path/to/TREE,../page/cells," "$1" >block
	mkdir -p tmp
	run sh -eu block
	exits 0 "$(paste -s -d ';' "$1")"
}
clinic_data() {
	in_the_clinic "$1"
	stdout_has "6 images"
}
clinic_commands() {
	cd clinic && in_the_clinic "$1"
	cd .. && check "they show some thirty lines" awk 'END { exit !(NR > 24 && NR < 36) }' "$out" "$err"
	check "and end with the accuracy" grep -q accuracy "$out"
}
organiser() {
	mkdir organiser && cp -r "$TOP"/examples/fedn/package "$TOP/examples/fedn/make-package.sh" organiser
	cd organiser && run sh -eu "$1"
	cd .. && exits 0 "$(cat "$1")"
	aml-init -s 1 one.npz
	same one.npz organiser/seed.npz "seed.npz is that of aml-init -s 1"
	check "the package" test "$(tar -tzf organiser/package.tgz)" = fedn.yaml
}

for class in BAS EOS LYT NGS; do
	mkdir -p "cells/$class"
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 8 | xargs -d '\n' cp -t "cells/$class"
done
aml-downsample -q -s 20 -o all cells
aml-partition -q -n 2 -S stratified all parts >/dev/null
aml-init --size 20 start.npz
stand_in_ssh
stand_in_sbatch
# shellcheck disable=SC2119 # all of them
run_rows
all_have_rows README.md
all_have_rows examples/serve/README.md
all_have_rows examples/fedn/README.md
end
