#!/usr/bin/env bash
# aml-delta: there and back, sizes, facts, and what it refuses. The bound of the error is test_delta's.
. "${0%/*}/../lib.sh"

forms=$DATA/forms                       # one network of 16 x 16 pixels, without facts

# fact KEY FILE: a text of the archive comment
fact() { tail -c 65535 "$2" | grep -ao "\"$1\": [^,}]*" | tail -n 1 | cut -d' ' -f2- | tr -d '"'; }
bytes() { wc -c <"$1"; }

aml-init --size 20 -s 1 parent.npz
aml-init --size 20 -s 2 model.npz

# ---- there and back ----
run aml-delta -p parent.npz model.npz small.npz
exits 0 "a difference"
stderr_is_empty "a difference"
check "it takes less than a third" test "$(($(bytes small.npz) * 3))" -lt "$(bytes model.npz)"
check "its parent is named" test "$(fact from small.npz)" = "$(fact weights parent.npz)"
check "and the model that it was" test "$(fact of small.npz)" = "$(fact weights model.npz)"
run aml-delta -x -p parent.npz small.npz back.npz
exits 0 "back again"
check "the facts tell the digest of what comes back" test "$(fact weights back.npz)" = "$(fact weights small.npz)"
check "which is another" test "$(fact weights back.npz)" != "$(fact weights model.npz)"
aml-fedavg --equal -o same.npz back.npz
check "and is true" test "$(fact weights same.npz)" = "$(fact weights back.npz)"
run aml-delta -p parent.npz -b 3 model.npz less.npz
check "three bits take less" test "$(bytes less.npz)" -lt "$(bytes small.npz)"
check "the bits are told" test "$(fact bits less.npz)" = 3
run aml-delta -p parent.npz parent.npz none.npz
aml-delta -x -p parent.npz none.npz parent2.npz
check "no difference is none" test "$(fact weights parent2.npz)" = "$(fact weights parent.npz)"

aml-init --size 20 -s 18446744073709551615 largest.npz
aml-delta -p parent.npz largest.npz delta.npz
check "the largest seed in a difference" test "$(fact seed delta.npz)" = 18446744073709551615
aml-delta -x -p parent.npz delta.npz again.npz
check "and back again" test "$(fact seed again.npz)" = 18446744073709551615

# ---- pipes and forms ----
aml-delta -p parent.npz - <model.npz >piped.npz
same small.npz piped.npz "from standard input to standard output"
aml-delta -x -p parent.npz - <small.npz >piped.npz
same back.npz piped.npz "and back"
aml-delta -p - model.npz <parent.npz >piped.npz
same small.npz piped.npz "the parent from standard input"
aml-delta -p "$forms/stored.npz" "$forms/big.npz" stored.npz
run aml-delta -x -p "$forms/f8.npz" stored.npz forms.npz
exits 0 "a parent saved again in another form"

# ---- what is refused ----
run aml-delta -x -p model.npz small.npz out.npz
fails_with "small.npz: holds differences from the parent $(fact from small.npz)" "another parent"
run aml-delta -x -p "$forms/stored.npz" small.npz out.npz
fails_with "small.npz" "a parent of another size"
run aml-delta -p "$forms/stored.npz" model.npz out.npz
fails_with "model.npz: another network than" "a model of another size"
run aml-delta -p parent.npz small.npz out.npz
fails_with "small.npz: holds differences from a parent, expected weights" "a difference of a difference"
run aml-delta -p "$forms/stored.npz" "$forms/nan.npz" out.npz
fails_with "nan.npz: array 8: entry 17 is nan" "NaN"
run aml-delta -p missing.npz model.npz out.npz
fails_with "missing.npz: No such file" "no parent"
head -c 5000 small.npz >cut.npz
run aml-delta -x -p parent.npz cut.npz out.npz
fails_with "cut.npz: not an .npz archive, or cut off" "half a file"
cp small.npz damaged.npz && printf xyz | dd of=damaged.npz bs=1 seek=6000 conv=notrunc 2>dd.log
run aml-delta -x -p parent.npz damaged.npz out.npz
fails_with "damaged.npz: array" "changed bytes"
check "nothing is left" test ! -e out.npz

# ---- usage ----
run aml-delta model.npz
wrong_usage "-p PARENT is required" "no parent given"
run aml-delta -p parent.npz
wrong_usage "missing operand" "no model"
run aml-delta -p parent.npz -b 9 model.npz
wrong_usage "--bits takes N from 2 to 8" "nine bits"
run aml-delta -p parent.npz a b c
wrong_usage "extra operand 'c'" "three files"
end
