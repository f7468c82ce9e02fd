# shellcheck shell=bash
# What documents print, for tests that run it as it stands. A test defines rows(), a line for each block:
#     FILE | how the block begins | what runs it
# What runs it is a function, called with the block's path; "= TEST", another test that has a row with the same beginning;
# or "- REASON", why nothing does. FILE is named from the top of the source.

# block_lines FILE: its blocks, before each one a line of ^A and its section. A block stands between ``` in Markdown, in a literal
# display or .Dl lines of a manual page, indented by four in the comment at the head of another file.
block_lines() {
	case $1 in
	*.md) awk '
		/^```/ { inside = !inside; if (inside) print "\001" section; next }
		inside { print; next }
		/^## / { section = substr($0, 4) }' "$1" ;;
	*.[1-8]) awk '
		$1 == ".Sh" { section = substr($0, 5) }
		$1 == ".Ed" { inside = 0 }
		inside { print; next }
		$1 == ".Dl" { if (!line) print "\001" section; line = 1; print substr($0, 5); next }
		{ line = 0 }
		$1 == ".Bd" && $2 == "-literal" { inside = 1; print "\001" section }' "$1" |
		sed 's/\\&//g; s/\\-/-/g; s/\\(aq/'\''/g; s/\\(dq/"/g; s/\\(ti/~/g; s/\\(ha/^/g; s/\\(ga/`/g; s/\\ / /g; s/\\e/\\/g' ;;
	*) awk '
		!/^#/ { exit }
		!/^#     / { inside = 0; next }
		!inside { print "\001"; inside = 1 }
		{ print substr($0, 7) }' "$1" ;;
	esac
}

# blocks_of FILE: each block as a file below $SCRATCH/blocks/FILE; prints path, section and first line of each, tabs between them
blocks_of() {
	local folder=$SCRATCH/blocks/$1
	if [ ! -e "$folder/list" ]; then
		mkdir -p "$folder"
		block_lines "$TOP/$1" | awk -v folder="$folder" '
			/^\001/ { path = sprintf("%s/%02d", folder, ++n); section = substr($0, 2); printf "" >path; first = 1; next }
			first { print path "\t" (section == "" ? "-" : section) "\t" $0; first = 0 }
			{ print >path }' >"$folder/list"
	fi
	cat "$folder/list"
}

# split_row LINE: sets file, begins and how
split_row() {
	local row='^[[:blank:]]*([^|[:blank:]]+) *\| (.*[^[:blank:]]) *\| ([^|]+)$'
	[[ $1 =~ $row ]] || { fail "no row: $1"; return 1; }
	file=${BASH_REMATCH[1]} begins=${BASH_REMATCH[2]} how=${BASH_REMATCH[3]}
}

# has_row TEST FILE BEGINS: does a function of that test run the block?
has_row() {
	grep -E '^	[^|]+ \| .* \| [a-z_]+$' "$TOP/$1" | grep -F "$2 " | grep -qF "| $3 "
}

# shellcheck disable=SC2120 # most want all
# run_rows [FUNCTION]: the blocks of each row, or of those of the function, as it says; a row whose block is no longer there fails
run_rows() {
	local only=${1:-} row file begins how path first found
	while IFS= read -r row <&3; do
		split_row "$row" || continue
		[ -z "$only" ] || [ "$how" = "$only" ] || continue
		found=0
		while IFS=$'\t' read -r path _ first <&4; do
			[[ $first == "$begins"* ]] || continue
			found=1 command="$file: $begins"
			case $how in
			-*) ok "$file: '$begins' is not run: ${how#- }" ;;
			=*) check "$file: '$begins' is run by ${how#= }" has_row "${how#= }" "$file" "$begins" ;;
			*) "$how" "$path" ;;
			esac
		done 4< <(blocks_of "$file")
		check "$file prints '$begins'" test $found = 1
	done 3< <(rows)
}

# all_have_rows FILE [SECTION]: no block of the file is without a row; those of SECTION need none
all_have_rows() {
	local of=$1 without=${2:-} section first row file begins how found
	while IFS=$'\t' read -r _ section first; do
		[ "$section" != "$without" ] || continue
		found=0
		while IFS= read -r row; do
			split_row "$row" || continue
			if [ "$file" = "$of" ] && [[ $first == "$begins"* ]]; then found=1; fi
		done < <(rows)
		# shellcheck disable=SC2034 # of lib.sh
		command="$of, $section"
		check "something runs what $of prints: $first" test $found = 1
	done < <(blocks_of "$of")
}
