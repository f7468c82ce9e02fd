# shellcheck shell=bash
# Shell tests that speak TAP. A test is `tests/cli/NAME.sh`, run by bash, and begins with
#     . "${0%/*}/../lib.sh"
# Then: run CMD...; and checks on $status, $out (file of stdout), $err (file of stderr). Ends with `end`.
# $BIN: folder of the tools (first on PATH); $DATA: tests/data; $PWD: a scratch folder, removed at the end.
set -u
TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DATA=$TESTS/data
TOP=$(dirname "$TESTS")
: "${BIN:=$TOP/build/release}"
export PATH=$BIN:$PATH LC_ALL=C BIN DATA TOP
unset AML_DATASET MAKEFLAGS MAKELEVEL      # a make that runs the tests is none of theirs
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/aml-test.XXXXXX")
out=$SCRATCH/.stdout err=$SCRATCH/.stderr
mkdir "$SCRATCH/work"
cd "$SCRATCH/work" || exit 1
trap 'chmod -R u+w "$SCRATCH" 2>/dev/null; rm -rf "$SCRATCH"' EXIT
count=0 failed=0 status=0 command=

# run CMD...: stdout to $out, stderr to $err, exit status to $status. A crash by signal is told apart.
run() {
	command="$*"
	status=0
	"$@" >"$out" 2>"$err" || status=$?
}

# run_to FILE CMD...: the same with stdout to FILE; $out is empty then
run_to() {
	local file=$1
	shift
	: >"$out"
	command="$* >$file"
	status=0
	"$@" >"$file" 2>"$err" || status=$?
}

# heeds_int CMD...: SIGINT ends it, which what a shell starts in the background ignores, and all that comes from that
# shellcheck disable=SC2016 # Perl's variables
heeds_int() { perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV; die "$ARGV[0]: $!\n"' "$@"; }

ok() { count=$((count + 1)); printf 'ok %d - %s\n' "$count" "$*"; }
fail() {
	count=$((count + 1)) failed=$((failed + 1))
	printf 'not ok %d - %s\n' "$count" "$*"
	printf '#   command: %s\n#   status: %s\n' "$command" "$status"
	head -n 5 "$err" | sed 's/^/#   stderr: /'
	head -n 2 "$out" | cut -c 1-200 | tr -cd '[:print:]\n' | sed 's/^/#   stdout: /'
}

# check DESCRIPTION CMD...: passes if CMD succeeds
check() {
	local what=$1
	shift
	if "$@"; then ok "$what"; else fail "$what ($*)"; fi
}

# exits STATUS DESCRIPTION: the last run's exit status
exits() {
	if [ "$status" -eq "$1" ]; then ok "$2: exit $1"; else fail "$2: exit $status, expected $1"; fi
}

# one_line TEXT: is stderr one line that contains TEXT? An empty TEXT, which is in any line, is refused.
one_line() {
	[ -n "$1" ] && [ "$(wc -l <"$err")" -eq 1 ] && grep -qF -- "$1" "$err"
}

# fails_with TEXT DESCRIPTION: exit 1, nothing on stdout, exactly one line on stderr, which contains TEXT
fails_with() {
	if [ "$status" -eq 1 ] && [ ! -s "$out" ] && one_line "$1"; then
		ok "$2"
	else
		fail "$2: expected exit 1, no output and one line with '$1'"
	fi
}

# fails_after_output TEXT DESCRIPTION: the same of a tool that wrote what was good before it failed
fails_after_output() {
	if [ "$status" -eq 1 ] && [ -s "$out" ] && one_line "$1"; then
		ok "$2"
	else
		fail "$2: expected exit 1, some output and one line with '$1'"
	fi
}

# wrong_usage TEXT DESCRIPTION: exit 2, nothing on stdout, one line on stderr, which contains TEXT
wrong_usage() {
	if [ "$status" -eq 2 ] && [ ! -s "$out" ] && one_line "$1"; then
		ok "$2"
	else
		fail "$2: expected exit 2, no output and one line with '$1'"
	fi
}

# stderr_is_empty, stdout_has TEXT, stderr_has TEXT
stdout_has() { check "stdout has '$1'" grep -qF -- "$1" "$out"; }
stderr_has() { check "stderr has '$1'" grep -qF -- "$1" "$err"; }
stderr_is_empty() { check "stderr is empty: $1" test ! -s "$err"; }

# same FILE FILE DESCRIPTION: byte for byte
same() { check "$3" cmp -s "$1" "$2"; }

# isas: each value of AML_ISA that this processor has
isas() {
	local isa
	for isa in blas ref sse2 neon avx2 avx512; do
		! AML_ISA=$isa aml-info --version >/dev/null 2>&1 || echo $isa
	done
}

skip() { count=$((count + 1)); printf 'ok %d # skip %s\n' "$count" "$*"; }

end() {
	printf '1..%d\n' "$count"
	exit $((failed > 0))
}
