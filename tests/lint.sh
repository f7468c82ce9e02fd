#!/usr/bin/env bash
# What the compiler does not see: layers, style, static analysis, shell scripts, manual pages.
# Prints the findings of each rule below its title, exits 1 if there was one.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C

LAYERS="base format image kernels data nn fused model train fed export stats score figure info page serve"
LINE_MAX=100 FUNCTION_MAX=80 FILE_LONG=500 FILE_MAX=700
failed=0

# What the rules let pass, and why.
excused() {
	cat <<-'TABLE'
		name option             OPT_...: the table's words, which are those of what parses it
		name mem                xmalloc and the like are called so in every program
		name net                CONV1_W...: Keras's names of the arrays
		name classes:class      CLASS_CODE_BYTES: of one of them

		tests kernels_at        each table beside ref, which no program does
		tests rng_u32           the generator's known answers

		stream classes.c        '-' is no class code
		stream learning.c       '-' in a cell: there was no validation
		stream roster.c         '-' in a cell: no key, no least number

		long simd.c             one kernel a function, compiled as one
		long layers.c           both directions of the whole network, the specification
		long image_tiff.c       what libtiff needs to be told of a picture from anywhere
		long test_kernels.c     every kernel against ref
	TABLE
}

# excuses RULE: what it lets pass, as an extended regular expression
excuses() { excused | awk -v rule="$1" '$1 == rule { printf "%s%s", between, $2; between = "|" }'; }

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

# code FILE...: their lines as FILE:LINE:TEXT, without comments
code() {
	awk '
	FNR == 1 { inside = 0 }
	{
		rest = $0
		text = ""
		while (rest != "") {
			at = index(rest, inside ? "*/" : "/*")
			if (!inside)
				text = text (at ? substr(rest, 1, at - 1) : rest)
			if (!at)
				break
			rest = substr(rest, at + 2)
			inside = !inside
		}
		print FILENAME ":" FNR ":" text
	}' "$@"
}

# What the headers of libcore make known, as PLACE KIND NAME.
public_names() {
	code libcore/*/*.h | awk '
	function found(kind, name) { print place, kind, name }
	{
		match($0, /^[^:]*:[0-9]*:/)
		place = substr($0, 1, RLENGTH - 1)
		$0 = substr($0, RLENGTH + 1)
	}
	match($0, /^#define [A-Za-z_0-9]+/) { found("macro", substr($0, 9, RLENGTH - 8)) }
	/^extern / && match($0, /[A-Za-z_0-9]+(\[[^]]*\])?;/) {
		name = substr($0, RSTART, RLENGTH - 1)
		sub(/\[.*/, "", name)
		found("variable", name)
	}
	/^[a-z]/ && !/^typedef/ && match($0, /[a-z_0-9]+\(/) {
		found(/^static inline/ ? "inline" : "function", substr($0, RSTART, RLENGTH - 1))
	}
	/(^|[ \t])enum( [a-z_0-9]+)? *[{]/ {
		inside = 1
		list = ""
		sub(/.*enum( [a-z_0-9]+)? *[{]/, "")
	}
	inside {
		list = list " " $0
		if ($0 !~ /}/)
			next
		inside = 0
		sub(/}.*/, "", list)
		n = split(list, item, ",")
		for (i = 1; i <= n; i++)
			if (match(item[i], /[A-Za-z_][A-Za-z_0-9]*/))
				found("constant", substr(item[i], RSTART, RLENGTH))
	}'
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

# A circle: two files of one folder, each of which needs the other to be understood.
circle_rule() {
	awk -v excused="^($(excuses circle))\$" '
	function follow(from, at,    i, n, next_stem) {
		n = split(edges[at], next_stem, " ")
		for (i = 1; i <= n; i++)
			if (!((from, next_stem[i]) in reached)) {
				reached[from, next_stem[i]] = 1
				follow(from, next_stem[i])
			}
	}
	FNR == 1 {
		split(FILENAME, own, /[\/.]/)
		folder[own[3]] = own[2]
	}
	/^#include "/ {
		split($2, part, /["\/.]/)
		if (part[2] == own[2] && part[3] != own[3] && own[3] !~ excused)
			edges[own[3]] = edges[own[3]] " " part[3]
	}
	END {
		for (stem in folder)
			follow(stem, stem)
		for (a in folder)
			for (b in folder)
				if (a < b && (a, b) in reached && (b, a) in reached)
					print "libcore/" folder[a] ": " a " and " b " include each other"
	}' libcore/*/*.[ch] | sort
}

# The header of a library; the files of one folder that may include it.
library_rule() {
	local header allowed
	while read -r header allowed; do
		grep -nE "^#include <$header" "${sources[@]}" | grep -vE "^($allowed):"
	done <<-TABLE
		cblas libcore/nn/gemm.c|tests/(unit|bench)/.*
		dlfcn.h libcore/nn/gemm.c
		jpeglib.h libcore/image/.*|tests/.*
		jerror.h libcore/image/.*|tests/.*
		png.h libcore/image/.*|tests/.*
		tiff libcore/image/.*|tests/.*
		zlib.h libcore/format/.*|tests/.*
		getopt.h libcore/base/.*
		immintrin.h libcore/kernels/.*|libcore/base/sha256.c|libcore/format/crc32.c|libcore/image/resize_avx2.c
		arm_neon.h libcore/kernels/.*
	TABLE
}

# A file that is one of several about a subject, fused_plan beside fused, may use the subject as prefix.
name_rule() {
	public_names | awk -v excused="^($(excuses name))\$" -v files="$(echo libcore/*/*.h)" '
	function says(stem) { return $3 == stem || index(tolower($3), stem "_") == 1 }
	function subject(stem) { return sub(/_[a-z0-9]+$/, "", stem) ? stem : "" }
	{
		split($1, part, /[\/.]/)
		stem = whole = part[3]
		first = tolower($3)
		sub(/_.*/, "", first)
		if (stem ~ excused || stem ":" first ~ excused || says(stem))
			next
		while ((stem = subject(stem)) != "")
			if (says(stem) && index(files, "libcore/" part[2] "/" stem ".h"))
				next
		print $1 ": " $2 " " $3 ", expected " whole "_..."
	}'
}

# A function is named where it is declared and where it is defined; a third time where it is used.
unused_rule() {
	code libcore/*/*.[ch] tools/*.c | awk -v excused="^($(excuses tests))\$" '
	FNR == NR { if ($2 == "function" || $2 == "inline") { place[$3] = $1; want[$3] = $2 == "inline" ? 2 : 3 }; next }
	{
		sub(/^[^:]*:[0-9]*:/, "")
		gsub(/"([^"\\]|\\.)*"/, "")
		n = split($0, word, /[^A-Za-z_0-9]+/)
		for (i = 1; i <= n; i++)
			if (word[i] in place)
				seen[word[i]]++
	}
	END {
		for (name in place)
			if (seen[name] < want[name] && name !~ excused)
				print place[name] ": " name
	}' <(public_names) - | sort
}

# What has one place: an extended regular expression, where it may stand.
place_rule() {
	local pattern allowed
	while read -r pattern allowed; do
		code libcore/*/*.[ch] tools/*.c | grep -E "$pattern" | grep -vE "^($allowed):"
	done <<-TABLE
		\\babort\\( libcore/base/mem.c
		(->|\\.)text\\[0\\] libcore/base/err.c
		"standard.(in|out)put" libcore/base/(infile|outfile|opt|tool).c
		strn?cmp\\([^;]*"-"\\) libcore/base/(infile|outfile|opt|tool).c|libcore/[a-z]*/($(excuses stream))
		__builtin_cpu|getauxval|getenv\\("AML_ISA libcore/base/cpu.c
		\\b(desk|soon)\\b|\\b(desk|soon)_|_(desk|soon)\\b none
	TABLE
}

quiet_rule() {
	local file
	for file in libcore/*/*.c; do
		case $file in
		libcore/base/opt.c | libcore/base/opt_help.c | libcore/base/tool.c | libcore/base/mem.c | libcore/base/progress.c) ;;
		*) grep -nHE '(^|[^a-z_])(printf|vprintf|puts|putchar|perror|exit|abort)\(|[^a-z_/]stderr[^a-z_]' "$file" ;;
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

long_rule() {
	local excuses
	excuses=$(excuses long)
	wc -l "${sources[@]}" | awk -v long=$FILE_LONG -v excused="/($excuses)\$" '
	$2 != "total" && $1 > long && $2 !~ excused { print $2 ": " $1 " lines: split it, or say in the table what its one subject is" }'
}

# Files that need no test of their own name: which one covers them, - for none, and why.
covered() {
	cat <<-'TABLE'
		fuzz audit          ledger          and model
		fuzz clients        model           weights files
		fuzz confusion      predictions     reads both tables
		fuzz dataset_writer -               our own rows, by their checksums
		fuzz deflate        npz
		fuzz gemm           -               a library
		fuzz image_read     image_png       and image_jpeg, image_tiff: the decoder is picked by the first bytes
		fuzz listener       -               sockets
		fuzz serve_log      -               appends
		fuzz served         model           and the command line
		fuzz infile         -               bytes as they are
		fuzz mapping        -               bytes as they are
		fuzz model_file     model
		fuzz model_stream   delta
		fuzz model_writer   -               writes
		fuzz npy_ids        npy
		fuzz npz_stream     npz
		fuzz outfile        -               writes
		fuzz partial_writer -               writes
		fuzz partition      -               the command line
		fuzz submissions    -               bytes as they are
		fuzz tables         report          the first line picks the reader of cases or shared
		fuzz outfolder      -               writes
		fuzz pixels         dataset
		fuzz parents        model           facts
		fuzz partials       partial
		fuzz round          model           weights files

		unit json_read      unit/test_json
		unit layers_forward unit/test_layers
		unit layers_infer   unit/test_layers
		unit npy_f4         unit/test_npy
		unit npz_writer     unit/test_npz   npz.h is the header of both
		unit pickle_machine unit/test_pickle
		unit pickle_numpy   unit/test_pickle
		unit pickle_stack   unit/test_pickle
		unit pickle_text    unit/test_pickle
		unit predictor      unit/test_fused
	TABLE
}

# test_of KIND STEM: the test that covers libcore/*/STEM.c
test_of() {
	local other
	[ -e "tests/$1/$([ "$1" = unit ] && echo test || echo fuzz)_$2.c" ] && return
	other=$(covered | awk -v kind="$1" -v stem="$2" '$1 == kind && $2 == stem { print $3 }')
	[ "$other" = - ] || [ -e "tests/fuzz/fuzz_$other.c" ] || [ -e "tests/$other.c" ] || [ -e "tests/$other.sh" ]
}

# A function that reads what others wrote is called so.
reader_rule() {
	local header stem
	for header in $(public_names | sed -nE 's/:[0-9]* function .*_(read|parse|load|open)(_.*)?$//p' | sort -u); do
		stem=${header##*/} stem=${stem%.h}
		test_of fuzz "$stem" || echo "$header: no tests/fuzz/fuzz_$stem.c"
	done
}

unit_rule() {
	local file stem
	for file in libcore/{format,nn}/*.c; do
		stem=${file##*/} stem=${stem%.c}
		test_of unit "$stem" || echo "$file: no tests/unit/test_$stem.c"
	done
}

# STEM means the same in libcore, tests/unit and tests/fuzz; test_network.c is of the layers together.
test_name_rule() {
	local file stem
	for file in tests/unit/test_*.c tests/fuzz/fuzz_*.c; do
		stem=${file##*/} stem=${stem#test_} stem=${stem#fuzz_}
		compgen -G "libcore/*/${stem%.c}.[ch]" >/dev/null || [ "$stem" = network.c ] || echo "$file: no libcore/*/$stem"
	done
}

tool_rule() {
	local file name shell
	for file in tools/aml-*.c; do
		name=${file##*/} name=${name%.c}
		[ -e "man/$name.1" ] || echo "$file: no man/$name.1"
		grep -q "$name" README.md || echo "$file: README.md does not name it"
		grep -q "Xr $name 1" man/aml.7 || echo "$file: man/aml.7 does not name it"
		for shell in aml.bash _aml aml.fish; do
			grep -q "$name" tools/$shell || echo "$file: tools/$shell does not complete it"
		done
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
	read -ra flags < <(pkg-config --cflags openblas libtiff-4 libpng libjpeg zlib)
	flags+=(-std=gnu11 -Ilibcore -Itests -D_GNU_SOURCE '-DAML_VERSION="0"' '-DBLAS_SONAME="0"')
	# A third of the paths that the analyser goes by default: half the time.
	flags+=(-Xclang -analyzer-config -Xclang max-nodes=75000)
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
judge "no circles between the files of a folder" "$(circle_rule)"
judge "each library is known to one folder" "$(library_rule)"
judge "a public name begins with its file's" "$(name_rule)"
judge "a public function that nothing but tests uses" "$(unused_rule)"
judge "what has one place" "$(place_rule)"
judge "libcore neither prints nor exits" "$(quiet_rule)"
judge "lines to $LINE_MAX columns, functions to $FUNCTION_MAX lines, files to $FILE_MAX" "$(shape_rule)"
judge "a header begins with #pragma once" "$(grep -L '^#pragma once' "${sources[@]}" | grep '\.h$')"
judge "two files of one name" "$(printf '%s\n' "${sources[@]##*/}" | sort | uniq -d)"
judge "files of more than $FILE_LONG lines" "$(long_rule)"
judge "a test is named after its file" "$(test_name_rule)"
judge "a reader has a fuzz target" "$(reader_rule)"
judge "a file of format or nn has a test" "$(unit_rule)"
judge "a tool is documented where users look" "$(tool_rule)"
judge "done now, or filed as an issue" "$(grep -nwE 'T[O]DO|F[I]XME|X[X]X' "${sources[@]}" Makefile)"
judge "a path of one machine" "$(grep -nE '(^|[^a-z.])/([h]ome|[r]oot|[w]ork|[U]sers)/' "${texts[@]}")"
judge "shellcheck" "$(shellcheck -x -P SCRIPTDIR:tests "${scripts[@]}")"
judge "manual pages are clean mdoc" "$(page_rule)"
judge "clang-tidy" "$(run_clang_tidy)"
judge "cppcheck" "$(run_cppcheck)"
function_lengths
exit $failed
