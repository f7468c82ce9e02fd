#!/usr/bin/env bash
# The scripts of examples/ and the Makefile: --help, wrong options, a server that is not there, a path with a space.
. "${0%/*}/../lib.sh"

for script in demo.sh setup.sh fedn/make-package.sh fedn/confusion.sh serve/serve.sh experiments/gap.sh experiments/norm.sh \
	experiments/poison.sh experiments/proximal.sh experiments/uplink.sh experiments/coverage.sh; do
	for option in --help -h; do
		run sh "$TOP/examples/$script" $option
		exits 0 "$script $option"
		stderr_is_empty "$script $option"
		stdout_has "${script##*/}"
	done
	run sh "$TOP/examples/$script" --no-such-option
	wrong_usage "${script##*/}: unknown option --no-such-option; try --help" "$script: an unknown option"
done
check "nothing was made" test -z "$(ls -A)"

# ---- confusion.sh, with a curl that finds no server, or one without models ----
mkdir bin
printf '#!/bin/sh\necho "curl: (7) no server" >&2\nexit 7\n' >bin/curl
chmod +x bin/curl
confusion() { PATH=$PWD/bin:$PATH run sh "$TOP/examples/fedn/confusion.sh" "$@"; }
confusion - dataset
exits 1 "confusion.sh - without a server"
check "it says where it asked" test "$(tail -n 1 "$err")" = \
	"confusion.sh: no answer from http://127.0.0.1:8092; FEDN_URL and FEDN_TOKEN tell where the server is"
confusion some-id dataset
exits 1 "confusion.sh ID without a server"
check "it says what it asked for" test "$(tail -n 1 "$err")" = "confusion.sh: no model some-id from http://127.0.0.1:8092"
printf '#!/bin/sh\necho "{\\"count\\": 0, \\"result\\": []}"\n' >bin/curl
confusion - dataset
fails_with "confusion.sh: http://127.0.0.1:8092 has no model yet" "confusion.sh - of a server without models"
check "no folder is left" test "$(ls -A)" = bin

# ---- a path with a space: links to the tree, and programs that are there already ----
mkdir -p "a b/examples" "a b/build/release/tests" "a b/build/release/faults"
for name in Makefile libcore man tests tools; do ln -s "$TOP/$name" "a b/$name"; done
ln -s "$BIN"/aml-* "a b/build/release"
# shellcheck disable=SC2016 # for that shell
printf '[ -x "$BIN/aml-init" ] && echo "demo in $PWD"\n' >"a b/examples/demo.sh"
printf '#!/bin/sh\necho 1..1\necho ok 1\n' >"a b/build/release/tests/test_it"
touch "a b/build/release/faults/misled.so"
chmod +x "a b/build/release/tests/test_it"
# make_there ARGUMENT...: nothing is compiled
make_there() {
	run env -u MAKEFLAGS -u MAKELEVEL make -s -C "a b" CONF=release BINS= FUZZERS= TESTS=build/release/tests/test_it \
		-o build/release/tests/test_it -o build/release/faults/misled.so "$@"
}
make_there check PROVE_FLAGS=-q CLI_TESTS=tests/cli/init.sh
exits 0 "make check in a path with a space"
check "all tests pass" test "$(grep -c 'Result: PASS' "$out")" -eq 2
make_there demo
exits 0 "make demo in a path with a space"
stdout_has "/a b"
end
