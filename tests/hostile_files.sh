# shellcheck shell=bash
# Files that promise more than they hold, made from nothing: numbers in bytes, .npy headers, zip archives
# whose members gzip packs, weights of zeros; and how tools read them: with a limit of memory that they do not
# justify. After lib.sh.
MOST_KB=200000  # programs, libraries, stacks; what the files promise is more than twice that
# shellcheck disable=SC2034  # of who sources this
MUCH=500000000  # bytes

hostile_begin() {
	(ulimit -v $MOST_KB && aml-info --version >/dev/null 2>&1) && return
	skip "no limit of memory under sanitizers and valgrind"
	end
}

# shellcheck disable=SC2317  # reached through run
# limited FILE CMD...: with room for twice FILE
limited() {
	local kb
	kb=$(($(stat -Lc %s "$1") / 512))
	(ulimit -v $((MOST_KB + kb)) && exec timeout 100 "${@:2}")
}

# shellcheck disable=SC2154  # of lib.sh
# refuses TEXT FILE CMD...: one line with TEXT, exit 1, no memory wanted; nothing at the output
refuses() {
	local text=$1
	shift
	run limited "$@"
	if [ "$status" -eq 1 ] && one_line "$text" && ! grep -q 'out of memory' "$err"; then
		ok "$1: ${*:2:2}"
	else
		fail "$1: ${*:2}: expected exit 1 and one line with '$text'"
	fi
	check "... writes nothing" test ! -e OUT
}

# le BYTES NUMBER: low byte first; be: high byte first
le() {
	local i number=$2
	for ((i = 0; i < $1; i++)); do
		printf '%b' "\\x$(printf %02x $((number >> 8 * i & 255)))"
	done
}
be() {
	local i
	for ((i = $1 - 1; i >= 0; i--)); do
		printf '%b' "\\x$(printf %02x $(($2 >> 8 * i & 255)))"
	done
}

# npy DESCR SHAPE: the header of an array, SHAPE as in Python
npy() {
	local text="{'descr': '$1', 'fortran_order': False, 'shape': ($2), }"
	printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$text"
}

# zeros BYTES: as many
zeros() { head -c "$1" /dev/zero; }

# central_entry NAME PACKED OFFSET: of the directory, with checksum and size of the last member
central_entry() {
	printf 'PK\001\002'
	le 4 1310740 && le 2 0 && le 2 8 && le 4 2162688
	tail -c 8 packed.gz | head -c 4
	le 4 "$2"
	tail -c 4 packed.gz
	le 2 ${#1} && le 2 0 && le 2 0 && le 4 0 && le 4 0 && le 4 "$3"
	printf %s "$1"
}

# zip_begin; zip_add NAME: stdin becomes a member; zip_end FILE [COUNT [COMMENT]]: writes them, with another count
zip_begin() {
	: >members
	: >directory
	zip_count=0
}
zip_add() {
	local offset packed
	gzip -nc >packed.gz
	offset=$(stat -c %s members) packed=$(($(stat -c %s packed.gz) - 18))
	central=$(central_entry "$1" "$packed" "$offset" | base64 -w 0)
	{
		printf 'PK\003\004'
		base64 -d <<<"$central" | head -c 28 | tail -c +7
		le 2 ${#1} && le 2 0
		printf %s "$1"
		tail -c +11 packed.gz | head -c "$packed"
	} >>members
	base64 -d <<<"$central" >>directory
	zip_count=$((zip_count + 1))
}
zip_end() {
	local comment=${3:-}
	{
		cat members directory
		printf 'PK\005\006'
		le 4 0 && le 2 "${2:-$zip_count}" && le 2 "${2:-$zip_count}"
		le 4 "$(stat -c %s directory)" && le 4 "$(stat -c %s members)" && le 2 ${#comment} && printf %s "$comment"
	} >"$1"
}

# shape_of K ROWS DENSE, of a network with one filter in each layer and three classes
shape_of() {
	case $1 in
	0) echo 3, 3, 4, 1 ;;
	2 | 4 | 6) echo 3, 3, 1, 1 ;;
	8) echo "$2, $3" ;;
	9 | 1[0-3]) echo "$3," ;;
	14) echo "$3, 3" ;;
	15) echo 3, ;;
	*) echo 1, ;;
	esac
}

# weights_of ROWS DENSE [K BYTES] [FROM SHAPE]: members of weights of zeros; array K is BYTES longer than its
# shape, array FROM says SHAPE
weights_of() {
	local k shape bytes
	zip_begin
	for k in {0..15}; do
		shape=$(shape_of "$k" "$1" "$2")
		case $shape in *,) bytes=$((4 * ${shape%,})) ;; *) bytes=$((4 * ${shape//,/*})) ;; esac
		[ "$k" != "${3:-}" ] || bytes=$((bytes + $4))
		[ "$k" != "${5:-}" ] || shape=$6
		zip_add "$k.npy" < <(npy '<f4' "$shape" && zeros "$bytes")
	done
}
