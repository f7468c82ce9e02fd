#!/usr/bin/env bash
# The tests under valgrind: valgrind.sh BUILD UNIT_TEST...
# A folder of scripts named as the tools stands in for them, so that the command line tests run unchanged.
set -u
build=$(cd "$1" && pwd)
shift
bin=$build/valgrind
# What valgrind says goes to a file: it does not know the system calls by which tools confine themselves, and tests read standard error.
valgrind="valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --log-file=$bin/log/%p"
rm -rf "$bin/log"
mkdir -p "$bin/log"
mkdir -p "$bin/fuzz"

# stand_in PROGRAM SCRIPT
stand_in() {
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$valgrind" "$1" >"$2"
	chmod +x "$2"
}

for tool in "$build"/aml-*; do
	stand_in "$tool" "$bin/${tool##*/}"
done
for target in "$build"/fuzz/*; do
	stand_in "$target" "$bin/fuzz/${target##*/}"
done

export AML_CONF=valgrind
# Vector code of libjpeg-turbo computes beyond the edge of a picture, from memory that nobody wrote, and throws it away; valgrind cannot tell.
export JSIMD_FORCENONE=1
# test_train and test_trainer train for half an hour and for five minutes here; valgrind_train.sh stands in for both. test_audit makes a thousand
# injections, test_ledger and others read the same records. Of the tools, those that compute and write little; make check-asan runs all.
read -ra flags <<<"${PROVE_FLAGS:-}"
units=()
for unit; do
	case ${unit##*/} in test_train | test_trainer | test_audit) ;; *) units+=("$unit") ;; esac
done
prove --nocolor "${flags[@]}" -j 2 -e "$valgrind" "${units[@]}"; unit=$?
BIN=$bin prove --nocolor "${flags[@]}" -j 2 -e bash tests/valgrind_train.sh tests/cli/{info,export,delta}.sh && [ $unit -eq 0 ] && exit
grep -h '^==' "$bin"/log/* | head -n 200
exit 1
