#!/usr/bin/env bash
# Every fuzz target over its corpus. Files that crashed once lie there too.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

for source in tests/fuzz/fuzz_*.c; do
	name=${source#tests/fuzz/fuzz_} name=${name%.c}
	files=("tests/fuzz/corpus/$name"/*)
	if [ ! -e "${files[0]}" ]; then
		fail "$name has no corpus"
		continue
	fi
	run "$BIN/fuzz/fuzz_$name" "${files[@]}"
	if [ "$status" -eq 0 ] && [ "$(wc -l <"$out")" -eq "${#files[@]}" ]; then
		ok "$name: ${#files[@]} files"
	else
		fail "$name: $(tail -n 1 "$out")"
	fi
done
end
