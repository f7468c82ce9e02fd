#!/usr/bin/env bash
# What the Makefile's flags against exploits leave in each tool: hardened.sh [FOLDER (build/release)]. TAP on stdout. Needs
# binutils. Branch targets are looked for in main: the note for the whole is lost where the C library's start files lack it.
cd "$(dirname "$0")/.." || exit 1
folder=${1:-build/release} count=0 failed=0

# shows TOOL WHAT PATTERN COMMAND...: does what COMMAND TOOL prints hold PATTERN?
shows() {
	local tool=$1 what=$2 pattern=$3
	shift 3
	count=$((count + 1))
	if "$@" "$folder/$tool" 2>/dev/null | grep -E "$pattern" >/dev/null; then
		echo "ok $count - $tool: $what"
	else
		failed=$((failed + 1))
		echo "not ok $count - $tool: $what"
	fi
}

for source in tools/aml-*.c; do
	tool=$(basename "$source" .c)
	shows "$tool" "position independent" '\bPIE\b' readelf -d
	shows "$tool" "bound before main" 'BIND_NOW|\bNOW\b' readelf -d
	shows "$tool" "read-only after relocation" GNU_RELRO readelf -lW
	shows "$tool" "no executable stack" 'GNU_STACK .* RW ' readelf -lW
	shows "$tool" "guarded stack frames" __stack_chk_fail readelf -sW
	shows "$tool" "checked copies" '__[a-z]+_chk@' readelf -sW
	[ "$(uname -m)" != x86_64 ] || shows "$tool" "marked branch targets" endbr64 objdump -d --disassemble=main
done
echo "1..$count"
exit $((failed > 0))
