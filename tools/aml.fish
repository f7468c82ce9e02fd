# Fish completion of the aml tools: options and their words come from a tool's own --help, all else is a file name.
# As TOOL.fish it completes this tool, as aml.fish all.

set -l tools (string replace -r '^.*/|^' '' -- (status filename) | string replace -r '\.fish$' '')
if not string match -q 'aml-*' -- $tools
	set tools aml-calibrate aml-compare aml-confmat aml-curve aml-delta aml-downsample aml-eval aml-explain aml-export \
		aml-fedavg aml-info aml-init aml-partition aml-predict aml-report aml-roc aml-score aml-serve aml-train
end

for tool in $tools
	complete -c $tool -e
	for line in ($tool --help 2>/dev/null)
		set -l part (string match -r '^ +((?:-., )?)--([a-z0-9-]+)((?:=[^ ]+)?) *(.*)$' -- $line)
		or continue
		set -l option -c $tool -l $part[3] -d "$part[5]"
		set -l letter (string sub -s 2 -l 1 -- "$part[2]")
		set -l value (string sub -s 2 -- "$part[4]")
		test -z "$letter"
		or set option $option -s $letter
		test -z "$value"
		or set option $option -r
		string match -q '*|*' -- $value
		and set option $option -f -a (string replace -a '|' ' ' -- $value)
		complete $option
	end
end
