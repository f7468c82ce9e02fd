#!/usr/bin/env bash
# The tests under valgrind: valgrind.sh BUILD UNIT_TEST...
# A folder of scripts named as the tools stands in for them, so that the command line tests run unchanged.
set -u
build=$(cd "$1" && pwd)
shift
valgrind="valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
bin=$build/valgrind
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
# test_train runs whole trainings through spinning threads: half an hour here; valgrind_train.sh stands in for it.
units=()
for unit; do
	[ "${unit##*/}" = test_train ] || units+=("$unit")
done
prove --nocolor -j 2 -e "$valgrind" "${units[@]}"; unit=$?
BIN=$bin prove --nocolor -j 2 -e bash tests/valgrind_train.sh tests/cli/{info,init,partition,export,delta}.sh && exit $unit
