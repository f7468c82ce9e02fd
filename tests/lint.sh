#!/usr/bin/env bash
# What the compiler does not see: layers, style, static analysis, shell scripts, manual pages.
# Prints the findings of each rule below its title, exits 1 if there was one.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C

LAYERS="base format image kernels data nn fused model train fed export score figure info"
LINE_MAX=100 FUNCTION_MAX=80 FILE_MAX=700
failed=0

# ours PATTERN...: files of the tree, those not yet added as well
ours() {
	git ls-files -co --exclude-standard -- "$@" | while read -r file; do
		[ ! -e "$file" ] || echo "$file"
	done
}

mapfile -t sources < <(ours '*.c' '*.h')
mapfile -t scripts < <(ours '*.sh' '*.bash' .ci/run)
mapfile -t pages < <(ours 'man/*.[157]')
mapfile -t texts < <(ours '*.c' '*.h' '*.sh' '*.bash' '*.py' '*.mk' '*.md' 'man/*' Makefile .ci/run)

# judge TITLE FINDINGS
judge() {
	[ -n "$2" ] || return 0
	printf '%s\n' "-- $1" "$2"
	failed=1
}

layer_rule() {
	awk -v layers="$LAYERS" '
	BEGIN {
		n = split(layers, name, " ")
		for (i = 1; i <= n; i++)
			rank[name[i]] = i
	}
	FNR == 1 {
		split(FILENAME, part, "/")
		own = part[1] == "libcore" ? rank[part[2]] : n + 1
	}
	/^#include "/ {
		split($2, part, /["\/]/)
		if (part[2] in rank && rank[part[2]] > own)
			print FILENAME ":" FNR ": a later layer: " $2
		else if (own <= n && !(part[2] in rank && part[3] != ""))
			print FILENAME ":" FNR ": names no layer: " $2
	}' "${sources[@]}"
}

# The library, as its header is called; the files that may know it.
library_rule() {
	local header allowed
	while read -r header allowed; do
		grep -nE "^#include <$header" "${sources[@]}" | grep -vE "^($allowed):"
	done <<-TABLE
		cblas libcore/nn/gemm.c|tests/(unit|bench)/.*
		png.h libcore/image/[a-z_]*.c|tests/.*
		tiff libcore/image/image_tiff.c|tests/.*
		zlib.h libcore/format/(deflate|crc32).c|tests/.*
		getopt.h libcore/base/opt.c
	TABLE
}

quiet_rule() {
	local file
	for file in libcore/*/*.c; do
		case $file in
		libcore/base/opt.c | libcore/base/tool.c | libcore/base/mem.c | libcore/base/progress.c) ;;
		*) grep -nHE '(^|[^a-z_])(printf|vprintf|puts|putchar|perror|exit|abort)\(|[^a-z_]stderr[^a-z_]' "$file" ;;
		esac
	done
}

shape_rule() {
	awk -v line_max=$LINE_MAX -v function_max=$FUNCTION_MAX -v file_max=$FILE_MAX '
	{ line = FILENAME ":" FNR }
	/[ \t]$/ { print line ": blank at the end" }
	{
		columns = 0
		for (i = 1; i <= length($0); i++)
			columns = substr($0, i, 1) == "\t" ? columns + 8 - columns % 8 : columns + 1
	}
	columns > line_max { print line ": " columns " columns" }
	/^[{]/ { start = FNR }
	/^[}]/ && start {
		if (FNR - start > function_max)
			print FILENAME ":" start ": a function of " FNR - start " lines"
		start = 0
	}
	FNR == file_max + 1 { print line ": goes on" }' "${sources[@]}"
}

# STEM means the same in libcore, tests/unit and tests/fuzz; test_network.c is of the layers together.
test_name_rule() {
	local file stem
	for file in tests/unit/test_*.c tests/fuzz/fuzz_*.c; do
		stem=${file##*/} stem=${stem#test_} stem=${stem#fuzz_}
		compgen -G "libcore/*/$stem" >/dev/null || [ "$stem" = network.c ] || echo "$file: no libcore/*/$stem"
	done
}

tool_rule() {
	local file name
	for file in tools/aml-*.c; do
		name=${file##*/} name=${name%.c}
		[ -e "man/$name.1" ] || echo "$file: no man/$name.1"
		grep -q "$name" README.md || echo "$file: README.md does not name it"
		grep -q "Xr $name 1" man/aml.7 || echo "$file: man/aml.7 does not name it"
		grep -q "$name" tools/aml.bash || echo "$file: tools/aml.bash does not complete it"
	done
}

page_rule() {
	local page
	for page in "${pages[@]}"; do
		groff -mdoc -ww -z -Tutf8 "$page" 2>&1
		mandoc -T lint -W warning "$page" 2>&1
	done
}

run_clang_tidy() {
	local -a flags
	read -ra flags < <(pkg-config --cflags openblas libtiff-4 libpng zlib)
	flags+=(-std=gnu11 -Ilibcore -Itests -D_GNU_SOURCE '-DAML_VERSION="0"' '-DBLAS_SONAME="0"')
	# simd.c is compiled only with the macros of an instruction set
	printf '%s\n' libcore/*/*.c tools/*.c | grep -v 'kernels/simd\.c' |
		xargs -P "$(nproc)" -I{} clang-tidy --quiet {} -- "${flags[@]}" 2>/dev/null | grep -E ': (error|warning):'
}

run_cppcheck() {
	cppcheck --quiet --enable=warning,performance,portability --inline-suppr --std=c11 -j "$(nproc)" \
		--suppress=ctuuninitvar --suppress=missingInclude --suppress=unmatchedSuppression \
		--template='{file}:{line}: {message} [{id}]' -Ilibcore libcore tools 2>&1
}

function_lengths() {
	awk '
	FNR == 1 { start = 0 }
	/^[{]/ { start = FNR }
	/^[}]/ && start { print FNR - start - 1; start = 0 }' libcore/*/*.c tools/*.c | sort -n | awk '
	{ n[NR] = $1 }
	END {
		printf "%d functions: median %d lines, 95 %% up to %d, longest %d\n",
			NR, n[int((NR + 1) / 2)], n[int(NR * .95)], n[NR]
	}'
}

judge "a file includes from its own layer and earlier ones: $LAYERS, tools" "$(layer_rule)"
judge "each library is known to one file" "$(library_rule)"
judge "libcore neither prints nor exits" "$(quiet_rule)"
judge "lines to $LINE_MAX columns, functions to $FUNCTION_MAX lines, files to $FILE_MAX" "$(shape_rule)"
judge "a header begins with #pragma once" "$(grep -L '^#pragma once' "${sources[@]}" | grep '\.h$')"
judge "two files of one name" "$(printf '%s\n' "${sources[@]##*/}" | sort | uniq -d)"
judge "a test is named after its file" "$(test_name_rule)"
judge "a tool is documented where users look" "$(tool_rule)"
judge "done now, or filed as an issue" "$(grep -nwE 'T[O]DO|F[I]XME|X[X]X' "${sources[@]}" Makefile)"
judge "a path of one machine" "$(grep -nE '(^|[^a-z.])/([h]ome|[r]oot|[w]ork|[U]sers)/' "${texts[@]}")"
judge "shellcheck" "$(shellcheck -x -P SCRIPTDIR:tests "${scripts[@]}")"
judge "manual pages are clean mdoc" "$(page_rule)"
judge "clang-tidy" "$(run_clang_tidy)"
judge "cppcheck" "$(run_cppcheck)"
function_lengths
exit $failed
