#!/usr/bin/env bash
# Which of these programs have FUNCTION linked into them: linked.sh FUNCTION PROGRAM...
# A test without the pool of threads has nothing for the thread sanitizer, one that never asks for the processor nothing for AML_ISA.
# Fails if no program has it: then it is the name that is wrong.
set -u
function=$1 found=1
shift
for program; do
	nm "$program" | grep " T $function\$" >/dev/null && printf '%s ' "$program" && found=0
done
exit $found
