#!/usr/bin/env bash
# aml-calibrate: the temperature is in the model that it writes, whatever reads it; what it refuses.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/ready.sh
. "$TESTS/ready.sh"

forms=$DATA/forms                       # a network of 16 x 16 pixels, without facts

make_ready || exit 1

# fact KEY FILE: a text or number of the archive comment
fact() { aml-info --json "$2" | grep -o "\"$1\": [^,}]*" | tail -n 1 | cut -d' ' -f2- | tr -d '"[] '; }

run aml-calibrate predictions.tsv model.npz cool.npz
exits 0 "a model is calibrated"
stderr_is_empty "a model is calibrated"
stdout_has "fitted on 40 images"
cp "$out" report.txt
temperature=$(fact temperature cool.npz)
check "the temperature $temperature is in the facts" grep -q "^temperature $(printf %.4f "$temperature") " report.txt
check "the images are in the facts" test "$(fact temperature_images cool.npz)" = 40
check "the training is in the facts" test "$(fact dataset cool.npz)" = "$(fact dataset model.npz)"
run aml-info cool.npz
stdout_has "parents             $(fact weights model.npz)"
aml-fedavg --equal -o numbers.npz cool.npz
check "the digest is true" test "$(fact weights numbers.npz)" = "$(fact weights cool.npz)"

# ---- the model ----
aml-eval -q -d dataset -p cool.tsv cool.npz
run diff <(cut -f 1-3 predictions.tsv) <(cut -f 1-3 cool.tsv)
exits 0 "no image changes its class"
# 2e-6: float32 rounds the weights, the logits (below 8) and the probabilities
off=$(paste predictions.tsv cool.tsv | awk -F '\t' -v t="$temperature" '
	NR > 1 {
		n = NF / 2
		sum = 0
		for (k = 4; k <= n; k++)
			sum += heated[k] = exp(log($k) / t)
		for (k = 4; k <= n; k++) {
			d = heated[k] / sum - $(n + k)
			if (d < 0) d = -d
			if (d > most) most = d
		}
	}
	END { print most <= 2e-6 ? "nothing" : most }')
check "its probabilities are softmax(log p / T), off by $off" test "$off" = nothing
loss=$(aml-eval --json -d dataset cool.npz | grep '"loss"' | tr -cd '0-9.e-')
check "its loss is what was told: $loss" \
	test "$(awk '$1 == "log" { print $4 }' report.txt)" = "$(printf %.4f "$loss")"
run aml-calibrate cool.tsv cool.npz again.npz
stdout_has "temperature 1.0000 "
stdout_has "1 is inside: no miscalibration of this kind can be shown"
aml-predict cool.npz cell.tiff >predicted.txt
check "aml-predict takes it" test -s predicted.txt

# ---- outputs ----
aml-calibrate -o a.svg predictions.tsv model.npz same.npz >report2.txt
same report.txt report2.txt "the same report"
same cool.npz same.npz "the same model"
if command -v xmllint >/dev/null; then
	run xmllint --noout a.svg
	exits 0 "the figure is well-formed"
else
	skip "no xmllint"
fi
check "the figure tells both errors" test "$(grep -c '>ECE 0\.' a.svg)" -eq 2
aml-calibrate -o a.png predictions.tsv model.npz same.npz >report2.txt
check "PNG begins as one" test "$(head -c 4 a.png | od -An -c | tr -d ' ')" = 211PNG
run_to piped.npz aml-calibrate predictions.tsv model.npz -
same cool.npz piped.npz "to standard output"
same report.txt "$err" "the report to standard error then"

# ---- what is refused ----
head -n 2 predictions.tsv >one.tsv
run aml-calibrate one.tsv model.npz out.npz
fails_with "one.tsv: 1 image, at least 2 are needed" "one image"
head -n 1 predictions.tsv >none.tsv
run aml-calibrate none.tsv model.npz out.npz
fails_with "none.tsv: 0 images, at least 2 are needed" "no image"
awk -F '\t' 'NR == 1 || $2 == $3' predictions.tsv >right.tsv
run aml-calibrate right.tsv model.npz out.npz
fails_with "right.tsv: the temperature would be below 0.01" "nothing but right ones"
sed 's/\tPMB\tPMO$/\tPMO\tPMB/' predictions.tsv >order.tsv
run aml-calibrate order.tsv model.npz out.npz
fails_with "model.npz: its classes are BAS" "another order of classes"
printf 'id\ttrue\tpredicted\tA\tB\nx\tA\tA\t1\t0\ny\tA\tA\t1\t0\n' >two.tsv
run aml-calibrate two.tsv "$forms/stored.npz" out.npz
fails_with "two.tsv: has 2 classes" "other classes than a model without facts has"
run aml-calibrate predictions.tsv "$forms/nan.npz" out.npz
fails_with "nan.npz: array 8: entry 17 is nan" "NaN in the model"
awk -F '\t' -v OFS='\t' 'NR == 2 { $2 = "-" } 1' predictions.tsv >unknown.tsv
run aml-calibrate unknown.tsv model.npz out.npz
fails_with "unknown.tsv: line 2: the true class is unknown" "an image without a true class"
run aml-calibrate -o no/such/a.svg predictions.tsv model.npz out.npz
fails_with "no/such/a.svg" "a figure into no folder"
check "nothing is left" test ! -e out.npz

# ---- usage ----
run aml-calibrate -o a.txt predictions.tsv model.npz out.npz
wrong_usage "a.txt: ends in none of .svg, .png" "another ending"
run aml-calibrate predictions.tsv model.npz
wrong_usage "missing operand" "no output"
end
