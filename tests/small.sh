# shellcheck shell=bash
# A dataset so small that training takes a moment: 48 cells of four classes at 20 x 20, in the current folder.
SMALL_CLASSES=BAS,EOS,LYT,NGS

# make_small: cells/CLASS/ID.tiff, data/ of them, and first weights, start.npz
make_small() {
	local class
	for class in ${SMALL_CLASSES//,/ }; do
		mkdir -p "cells/$class"
		find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 12 | xargs -d '\n' cp -t "cells/$class"
	done
	aml-downsample -q -s 20 --classes $SMALL_CLASSES -o data cells &&
		aml-init --size 20 --classes $SMALL_CLASSES start.npz
}

# fact FILE KEY: the value of a number or text among the facts of a weights file
fact() { tail -c 4096 "$1" | tr '\n' ' ' | sed -n "s/.*\"$2\": \"\{0,1\}\([^\",}]*\).*/\1/p"; }

# facts FILE: all of them, as they stand at the end of the file
facts() { grep -a -o '{"tool".*}' "$1"; }

# column N FILE: of a tab-separated table, without its header
column() { tail -n +2 "$2" | cut -f "$1"; }

# without_facts IN OUT: as numpy writes IN, and FEDn, with no archive comment
without_facts() {
	local end
	end=$(LC_ALL=C grep -abo $'PK\005\006' "$1" | tail -n 1 | cut -d: -f1)
	{ head -c $((end + 20)) "$1" && head -c 2 /dev/zero; } >"$2"
}
