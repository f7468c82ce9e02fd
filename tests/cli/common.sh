#!/usr/bin/env bash
# What every tool must do: help, version, wrong usage, inputs that are no inputs, outputs that cannot be written,
# closed pipes, signals.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/ready.sh
. "$TESTS/ready.sh"

# A good input, the output's name, and a command that reads IN and writes OUT ("none": nothing but standard output).
commands() {
	cat <<-'TABLE'
		-               out.npz   aml-init --size 20 OUT
		cell.tiff       none      aml-downsample IN
		cells           out       aml-downsample -q -s 20 -o OUT IN
		dataset         out       aml-partition -n 2 IN OUT
		dataset         out.npz   aml-train -q -b 8 -d IN model.npz OUT
		model.npz       out.npz   aml-train -q -b 8 -d dataset IN OUT
		dataset         out.json  aml-eval -d IN model.npz OUT
		model.npz       out.json  aml-eval -d dataset IN OUT
		model.npz       none      aml-predict IN cell.tiff
		cell.tiff       none      aml-predict model.npz IN
		model.npz       out.npy   aml-explain -q -o OUT IN cell.tiff
		cell.tiff       out.png   aml-explain -q -o OUT model.npz IN
		predictions.tsv none      aml-confmat IN
		predictions.tsv out.svg   aml-confmat -o OUT IN
		predictions.tsv out.png   aml-confmat -o OUT IN
		predictions.tsv none      aml-score IN
		predictions.tsv out.json  aml-score --json -o OUT IN
		log.tsv         out.svg   aml-curve -o OUT IN
		predictions.tsv none      aml-roc --class BAS IN
		predictions.tsv out.svg   aml-roc --class BAS --at-sensitivity 0.9 -o OUT IN
		predictions.tsv out.png   aml-roc --curve pr --class BAS -o OUT IN
		predictions.tsv out.npz   aml-calibrate IN model.npz OUT
		model.npz       out.npz   aml-calibrate predictions.tsv IN OUT
		predictions.tsv none      aml-compare IN predictions.tsv
		predictions.tsv none      aml-compare predictions.tsv IN
		predictions.tsv out.json  aml-compare --json -o OUT IN predictions.tsv
		predictions.tsv out.html  aml-report -q -o OUT IN
		dataset         out.html  aml-report -q -d IN -m model.npz -o OUT predictions.tsv
		model.npz       out.html  aml-report -q -d dataset -m IN -o OUT predictions.tsv
		log.tsv         out.html  aml-report -q --log IN -o OUT predictions.tsv
		a.npz           out.npz   aml-fedavg -o OUT IN b.npz
		a.npz           out.npz   aml-delta -p model.npz IN OUT
		model.npz       out.onnx  aml-export -f onnx -o OUT IN
		model.npz       out       aml-export -f savedmodel -o OUT IN
		model.npz       none      aml-info IN
		dataset         none      aml-info IN
		model.npz       none      env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/about HTTP_X_REQUEST_ID=x aml-serve --log /dev/null -m m=IN
	TABLE
}

# with IN OUT COMMAND...: the command with these two in place, as words in $words
with() {
	local in=$1 out_file=$2 word
	shift 2
	words=()
	for word in "$@"; do
		case $word in
		IN) words+=("$in") ;;
		*=IN) words+=("${word%IN}$in") ;;
		OUT) words+=("$out_file") ;;
		*) words+=("$word") ;;
		esac
	done
}

listing() { find . | sort; }

# leaves_nothing DESCRIPTION: no file came or went since `listing >../before`
leaves_nothing() {
	listing >../after
	check "$1 leaves nothing" cmp -s ../before ../after
}

# bad_input KIND FILE: what the command in $line says of it
bad_input() {
	[ "$2" != "$input" ] || return 0
	listing >../before
	# shellcheck disable=SC2086 # a line of words
	with "$2" "$output" $line
	run "${words[@]}"
	fails_with "$2" "$line: $1"
	leaves_nothing "$line: $1"
}

bad_files() {
	: >empty
	mkdir folder
	case $input in
	*.tsv) awk 'NR > 1 { print last } { last = $0 } END { print $1 }' "$input" >half ;;
	*) head -c $(($(wc -c <"$input") / 2)) "$input" >half ;;
	esac
	bad_input "no such file" missing
	bad_input "an empty file" empty
	bad_input "half a file" half
	[ "${line#aml-info}" != "$line" ] || bad_input "a folder" folder
	rm -r empty half folder
}

bad_folders() {
	: >file
	mkdir empty
	bad_input "no such folder" missing
	[ "${line#aml-info}" != "$line" ] || bad_input "a file" file
	bad_input "an empty folder" empty
	rm -r file empty
}

bad_outputs() {
	[ "$output" != none ] || return 0
	listing >../before
	# shellcheck disable=SC2086 # a line of words
	with "$input" "missing/$output" $line
	run "${words[@]}"
	fails_with "missing/" "$line: into a folder that is not there"
	leaves_nothing "$line: into a folder that is not there"
	mkdir sealed && chmod a-w sealed
	listing >../before
	# shellcheck disable=SC2086 # a line of words
	with "$input" "$(sealed_folder)/$output" $line
	run "${words[@]}"
	fails_with "$output" "$line: into a folder that must not be written"
	leaves_nothing "$line: into a folder that must not be written"
	rmdir sealed
}

# For root no folder is sealed but one without files of its own.
sealed_folder() {
	if [ "$(id -u)" -eq 0 ]; then echo /proc; else echo sealed; fi
}

full_disk() {
	case $output in
	out.npz | out.json | out.onnx)
		listing >../before
		# shellcheck disable=SC2086 # a line of words
		with "$input" /dev/full $line
		run "${words[@]}"
		fails_with "No space left" "$line: onto a full disk"
		leaves_nothing "$line: onto a full disk"
		check "$line: writes nothing beside /dev/full" test ! -e /dev/full-metadata
		;;
	none)
		# shellcheck disable=SC2086 # a line of words
		with "$input" none $line
		run_to /dev/full "${words[@]}"
		fails_with "No space left" "$line: onto a full disk"
		;;
	esac
}

# AML_ISA names no instruction set.
unknown_isa() {
	listing >../before
	# shellcheck disable=SC2086 # a line of words
	with "$input" "$output" $line
	AML_ISA=foo run "${words[@]}"
	fails_with "AML_ISA=foo: no instruction set" "$line: an unknown AML_ISA"
	leaves_nothing "$line: an unknown AML_ISA"
}

# The reader has gone before the tool writes: no word about it, and not exit 0.
closed_pipe() {
	[ "$output" = none ] || return 0
	# shellcheck disable=SC2086 # a line of words
	with "$input" none $line
	command="$line | true"
	status=0
	{
		sleep .2
		"${words[@]}" 2>"$err" || echo $? >../status
	} | true
	status=$(cat ../status) && rm -f ../status
	check "$line: a closed pipe" test "$status" -eq 141 -o "$status" -eq 1
	stderr_is_empty "$line: a closed pipe"
}

# Is "-" standard input here? Folders and lists of names are no streams.
reads_stream() {
	case $line in
	aml-predict*" IN") return 1 ;;
	esac
	[ -f "$input" ]
}

# From a pipe as from a file.
standard_input() {
	reads_stream || return 0
	case $line in
	aml-curve* | aml-info* | aml-roc* | aml-report*--log*) return ;; # what they write names their files
	esac
	# shellcheck disable=SC2086 # a line of words
	with "$input" "$output" $line
	run "${words[@]}"
	[ "$output" = none ] || mv "$output" ../first
	[ "$output" != none ] || cp "$out" ../first
	# shellcheck disable=SC2086 # a line of words
	with - "$output" $line
	command="${words[*]} <$input"
	status=0
	"${words[@]}" <"$input" >"$out" 2>"$err" || status=$?
	exits 0 "$line: from standard input"
	[ "$output" != none ] || cp "$out" "$output"
	check "$line: from standard input the same" diff -r ../first "$output"
	rm -rf ../first "$output" out.npz-metadata
}

# What is wrong with standard input is said as of a file, which is called by its name.
bad_standard_input() {
	reads_stream || return 0
	listing >../before
	# shellcheck disable=SC2086 # a line of words
	with - "$output" $line
	run "${words[@]}" </dev/null
	fails_with "standard input: " "$line: empty standard input"
	leaves_nothing "$line: empty standard input"
}

# To a pipe as to a file.
standard_output() {
	case $output in
	none | out) return ;;
	esac
	# shellcheck disable=SC2086 # a line of words
	with "$input" "$output" $line
	run "${words[@]}"
	mv "$output" ../first
	rm -f "$output-metadata"
	listing >../before
	# shellcheck disable=SC2086 # a line of words
	with "$input" - $line
	case $output in
	out.svg | out.png | out.npy) words+=(-f "${output#out.}") ;;
	esac
	run_to ../second "${words[@]}"
	exits 0 "$line: to standard output"
	same ../first ../second "$line: to standard output the same"
	leaves_nothing "$line: to standard output"
	rm -f ../first ../second
}

# Options of the tool $name whose value is a number or one of a list, as its help has them.
strict_options() {
	"$name" --help | sed -nE 's/^ +(-., )?(--[a-z0-9-]+)=([a-z0-9]+\|[a-z0-9|]+|N|SIZE|PIXELS|SEED|RATE|S|B|TAU|MU)( .*|$)/\2/p'
}

bad_values() {
	local option
	for option in $(strict_options); do
		run "$name" "$option=x" operand
		wrong_usage "$option takes " "$name $option=x: a bad value"
		run "$name" "$option"
		wrong_usage "option '$option' needs a value" "$name $option: no value"
	done
}

for tool in "$BIN"/aml-*; do
	name=${tool##*/}
	run "$name" --help
	exits 0 "$name --help"
	stderr_is_empty "$name --help"
	stdout_has "usage: $name "
	run "$name" --version
	exits 0 "$name --version"
	check "$name --version is one line" test "$(wc -l <"$out")" -eq 1
	stdout_has "$name "
	AML_ISA=foo run "$name" --version
	fails_with "AML_ISA=foo: no instruction set" "$name --version: an unknown AML_ISA"
	run "$name" --no-such-option
	wrong_usage "--no-such-option" "$name: an unknown option"
	stderr_has "try '$name --help'"
	bad_values
	run_to /dev/full "$name" --help
	fails_with "standard output" "$name --help: onto a full disk"
	check "$name is in the table of this test" grep -qw "$name" <(commands)
done

run make_ready
exits 0 "files to work on"
while read -r input output line; do
	if [ -d "$input" ]; then bad_folders; fi
	if [ -f "$input" ]; then bad_files; fi
	bad_outputs
	unknown_isa
	full_disk
	closed_pipe
	standard_input
	bad_standard_input
	standard_output
done < <(commands)

# interrupted SIGNAL COMMAND...: it runs for longer than the signal takes to come
interrupted() {
	local signal=$1
	shift
	listing >../before
	run timeout --preserve-status -s "$signal" 1 "$@"
	check "SIG$signal ends '$*', status $status" test "$status" -gt 128
	leaves_nothing "SIG$signal: '$*'"
}
mkfifo pipe
for signal in INT TERM HUP; do
	interrupted $signal aml-train -q -d dataset -b 8 -e 100000 model.npz out.npz
	interrupted $signal aml-fedavg -o out.npz a.npz pipe
done
end
