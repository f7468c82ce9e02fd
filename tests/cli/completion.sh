#!/usr/bin/env bash
# Bash completion: options and words as --help has them.
. "${0%/*}/../lib.sh"
. "$TOP/tools/aml.bash"
run true

# completes WORD... EXPECTED: the last of the words before EXPECTED is the one under the cursor
completes() {
	local expected=${*: -1}
	COMP_WORDS=("${@:1:$#-1}")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_aml "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	command="${COMP_WORDS[*]}"
	check "'$command' -> '$expected', got '${COMPREPLY[*]}'" test "${COMPREPLY[*]}" = "$expected"
}

completes aml-train --drop "--dropout"
completes aml-train --dropout "" "on off"
completes aml-train --dropout = "on off"
completes aml-train --dropout = of "off"
completes aml-train -e "" ""
completes aml-train -e 3 --see "--seed"
completes aml-train --no-such ""
completes aml-export -f o "onnx"
completes aml-train in.n ""

for tool in "$BIN"/aml-*; do
	name=${tool##*/}
	check "$name completes" test -n "$(complete -p "$name" 2>/dev/null)"
	completes "$name" --vers "--version"
done
end
