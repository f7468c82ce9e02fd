# shellcheck shell=bash
# Bash completion of the aml tools: options and their words come from a tool's own --help, all else is a file name.

_aml() {
	local word=$2 previous=$3 line names='' value=''
	local option='^ +(-(.), )?--([a-z0-9-]+)(=([^ ]+))?'

	# readline splits "--name=word" at the sign
	[ "$word" != = ] || word=
	[ "$previous" != = ] || previous=${COMP_WORDS[COMP_CWORD - 2]}
	while IFS= read -r line; do
		[[ $line =~ $option ]] || continue
		names+=" --${BASH_REMATCH[3]}"
		case $previous in
		"-${BASH_REMATCH[2]}" | "--${BASH_REMATCH[3]}") value=${BASH_REMATCH[5]} ;;
		esac
	done < <("$1" --help 2>/dev/null)

	COMPREPLY=()
	if [[ $value == *'|'* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$word")
	elif [ -z "$value" ] && [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word")
	fi
}

complete -o default -F _aml aml-calibrate aml-compare aml-confmat aml-curve aml-delta aml-downsample aml-eval \
	aml-explain aml-export aml-fedavg aml-info aml-init aml-partition aml-predict aml-report aml-roc aml-score \
	aml-serve aml-train
