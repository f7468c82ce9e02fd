#!/usr/bin/env bash
# Completion of bash, zsh and fish: options and words as --help has them.
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

# options TOOL: "--name" of each, and what --help says it takes
options() { "$1" --help | sed -nE 's/^ +(-., )?(--[a-z0-9-]+)(=([^ ]+))?.*/\2 \4/p'; }

# ---- zsh: what the function passes on to _arguments ----
if command -v zsh >/dev/null; then
	run zsh -n "$TOP/tools/_aml"
	exits 0 "zsh reads it"
	for tool in "$BIN"/aml-*; do
		name=${tool##*/}
		check "$name: zsh completes it" grep -qE "^#compdef( .*)? $name( |\$)" "$TOP/tools/_aml"
		# shellcheck disable=SC2016 # for that shell
		zsh -f -c '_arguments() { print -rl -- "$@"; }; words=($2); source $1' zsh "$TOP/tools/_aml" "$name" >../specs
		while read -r option value; do
			case $value in
			*'|'*) want="$option=\[.*\]:.*:($(echo "$value" | tr '|' ' '))" ;;
			?*) want="$option=\[.*\]:.*:_files" ;;
			*) want="$option\[" ;;
			esac
			check "$name $option: in zsh" grep -q -e "^\*$want" ../specs
		done < <(options "$name")
	done
	check "letters: in zsh" grep -qF -e "*-j+[" ../specs
else
	skip "no zsh"
fi

# ---- fish ----
# shellcheck disable=SC2016 # for that shell
fish_completes() { fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$@" | cut -f 1; }
if command -v fish >/dev/null; then
	run fish -n "$TOP/tools/aml.fish"
	exits 0 "fish reads it"
	export HOME=$PWD
	for tool in "$BIN"/aml-*; do
		name=${tool##*/}
		ln -s "$TOP/tools/aml.fish" "$name.fish"
		fish_completes "./$name.fish" "$name -" >../options
		while read -r option value; do
			check "$name $option: in fish" grep -qxF -e "$option" ../options
		done < <(options "$name")
		check "$name: and no more" test "$(grep -c '^--' ../options)" -eq "$(options "$name" | wc -l)"
	done
	check "words: in fish" test "$(fish_completes "$TOP/tools/aml.fish" "aml-train --dropout " | sort | xargs)" = "off on"
	check "words of a letter: in fish" test "$(fish_completes "$TOP/tools/aml.fish" "aml-export -f " | sort | xargs)" = \
		"onnx savedmodel"
	touch in.npz
	check "files: in fish" test "$(fish_completes "$TOP/tools/aml.fish" "aml-train in")" = in.npz
else
	skip "no fish"
fi
end
