#!/usr/bin/env bash
# aml-export: both formats, where they are written, and what is refused.
. "${0%/*}/../lib.sh"
weights=$DATA/keras/w0.npz
golden=$DATA/export

run aml-export "$weights"
wrong_usage "-f savedmodel|onnx is required" "no format"
run aml-export -f h5 "$weights"
wrong_usage "--format takes savedmodel|onnx, not 'h5'" "another format"
run aml-export -f onnx
wrong_usage "missing operand" "no model"
run aml-export -f savedmodel -o - "$weights"
wrong_usage "a SavedModel is a folder" "a folder to standard output"

# ---- ONNX ----
run aml-export -f onnx "$weights"
exits 0 "ONNX"
check "ONNX: only that the size is a guess" one_line "does not tell the size of its images: 20 is a guess"
same model.onnx "$golden/tiny.onnx" "model.onnx is the golden file"
run aml-export --format=onnx -o - "$weights"
same "$out" "$golden/tiny.onnx" "the same to standard output"
run aml-export -f onnx --output "a name.onnx" - <"$weights"
same "a name.onnx" "$golden/tiny.onnx" "from standard input"

# ---- SavedModel ----
run aml-export -f savedmodel "$weights"
exits 0 "SavedModel"
check "SavedModel: only that the size is a guess" one_line "does not tell the size of its images: 20 is a guess"
check "only the file" test "$(find models | sort | paste -s -d ' ')" = "models models/1 models/1/saved_model.pb"
check "has the signature" grep -q tensorflow/serving/predict models/1/saved_model.pb
check "checks the size" grep -q EnsureShape models/1/saved_model.pb
check "94 bytes more than the golden file" test "$(wc -c <models/1/saved_model.pb)" -eq \
	$(($(wc -c <"$golden/tiny/1/saved_model.pb") + 94))
cp models/1/saved_model.pb first.pb
echo old >models/1/saved_model.pb
run aml-export -f savedmodel -o models/ "$weights"
exits 0 "over an older one"
same models/1/saved_model.pb first.pb "equal weights, equal bytes"
mkdir -p served/2
run aml-export -f savedmodel -o served "$weights"
check "beside another version" test -s served/1/saved_model.pb -a -d served/2

echo half >models/1/.saved_model.pb.aml-aB3dE6
run aml-export -f savedmodel "$weights"
exits 0 "after a run that was killed as it replaced the file"
check "what that left is gone" test "$(ls -A models/1)" = saved_model.pb
mkdir -p fresh/1.partial.aml-aB3dE6
echo half >fresh/1.partial.aml-aB3dE6/saved_model.pb
run aml-export -f savedmodel -o fresh "$weights"
exits 0 "after one that was killed as it made the folder"
check "what that left is gone, too" test "$(ls -A fresh)" = 1
same fresh/1/saved_model.pb first.pb "and nothing half done was taken"
run flock models aml-export -f savedmodel "$weights"
fails_with "models: in use by another process" "two at a time"

mkdir models/1/variables
echo old >models/1/saved_model.pb
run aml-export -f savedmodel "$weights"
fails_with "models/1: holds variables; only a saved_model.pb is replaced" "what another program wrote"
check "which stays" test "$(cat models/1/saved_model.pb)" = old
run aml-export -f savedmodel -o first.pb "$weights"
fails_with "first.pb: " "a file in the way"
run aml-export -f savedmodel -o no/such/folder "$weights"
fails_with "no/such/folder: No such file or directory" "no folder to write in"

# ---- models that are none ----
for format in onnx savedmodel; do
	run aml-export -f $format -o none "$golden/tiny.onnx"
	fails_with "tiny.onnx: not an .npz archive" "$format: no weights"
	run aml-export -f $format -o none missing.npz
	fails_with "missing.npz: No such file or directory" "$format: no file"
	run aml-export -f $format -o none "$DATA/npz/np25_py313_stored.npz"
	fails_with "holds 3 arrays, expected 16" "$format: other arrays"
	check "$format: nothing is written" test ! -e none
done

# ---- a full disk ----
if [ -c /dev/full ]; then
	aml-export -f onnx -o - "$weights" >/dev/full 2>"$err"
	status=$?
	exits 1 "a full disk"
	stderr_has "No space left on device"
fi
end
