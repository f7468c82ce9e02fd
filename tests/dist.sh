#!/usr/bin/env bash
# The tarball of make dist: reproducible, complete, and what it builds works. TAP on stdout.
. "${0%/*}/lib.sh"

version=$(sed -n 's/^VERSION *:= *//p' "$TOP/Makefile")
tarball=aml-$version.tar.gz
check "CITATION.cff is of this version" grep -qxF "version: \"$version\"" "$TOP/CITATION.cff"

export SOURCE_DATE_EPOCH=1700000000
unset MAKEFLAGS MAKELEVEL
run make -s -C "$TOP" dist
exits 0 "make dist"
stdout_has "build/$tarball"
cp "$TOP/build/$tarball" first.tar.gz
run make -s -C "$TOP" dist
same first.tar.gz "$TOP/build/$tarball" "made again: the same bytes"

mkdir "in a folder" && cd "in a folder" || exit 1
run tar -xzf ../first.tar.gz
exits 0 "it unpacks"
check "into one folder" test "$(ls)" = "aml-$version"
cd "aml-$version" || exit 1
run diff <(find . ! -type d | sed 's,^\./,,' | sort) <(if [ -e "$TOP/.git" ]; then git -C "$TOP" -c core.quotePath=off ls-files; else
	(cd "$TOP" && find . -path ./build -prune -o ! -type d -printf '%P\n'); fi | sort)
check "it holds what the tree holds: $(head -n 3 "$out" | xargs)" test ! -s "$out"
check "all with one time" test "$(find . ! -type d -printf '%Ts\n' | sort -u)" = "$SOURCE_DATE_EPOCH"
run make -s dist
exits 0 "make dist of the tarball, without git"
same ../../first.tar.gz "build/$tarball" "makes the same tarball"

run make -s -j 2 all build/release/tests/test_npz build/release/tests/test_opt
exits 0 "it builds"
run make -s check FUZZERS= TESTS="build/release/tests/test_npz build/release/tests/test_opt" \
	CLI_TESTS="tests/cli/init.sh tests/cli/train.sh tests/cli/completion.sh tests/cli/man.sh"
exits 0 "its tests pass"
check "both kinds" test "$(grep -c '^Result: PASS' "$out")" -eq 2
run make -s install DESTDIR="$SCRATCH/installed" PREFIX=/usr
exits 0 "it installs"
check "what it installed runs" "$SCRATCH/installed/usr/bin/aml-info" --version
end
