#!/usr/bin/env bash
# A run of 2,000 steps that is stopped ten times: every byte of its weights and its log.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"

run make_small
exits 0 "what the test needs"
run env DATA=cells STEPS=2000 RESUMES=10 sh "$TOP/examples/experiments/resumes.sh" out
exits 0 "stopped and resumed"
stdout_has "2000 steps, stopped 10 times: the same"
end
