# shellcheck shell=bash
# For tests that run the tools under strace; sourced after lib.sh. Not under valgrind, which makes calls of its own, and not where
# tracing is not allowed.
if ! head -c 4 "$BIN/aml-fedavg" | grep -q ELF || ! strace -o /dev/null true 2>/dev/null; then
	skip "no strace of the tools"
	end
fi
export ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} # it traces by itself
