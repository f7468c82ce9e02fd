# shellcheck shell=bash
# The things that examples of the manual pages name, made in the current folder:
# cells/ cell.tiff dataset/ (40 px) model.npz, a.npz b.npz c.npz (clients' models of one network), predictions.tsv log.tsv,
# patients.tsv (of the predictions), answers.tsv (predictions of all 15 classes), groups.tsv and tolerant.tsv
make_ready() {
	local class client seed=0
	for class in BAS EOS LYT NGS; do
		mkdir -p "cells/$class"
		find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 10 | xargs -d '\n' cp -t "cells/$class"
	done
	find cells/BAS -name '*.tiff' | sort | head -n 1 | xargs -d '\n' -I{} cp {} cell.tiff
	aml-downsample -q -s 40 -o dataset cells &&
		aml-init --size 40 start.npz &&
		aml-train -q -d dataset -e 2 -b 8 --log log.tsv start.npz model.npz &&
		for client in a b c; do
			aml-train -q -d dataset -b 8 -s $((seed += 1)) start.npz "$client.npz" || return
		done &&
		aml-eval -d dataset --split all -p predictions.tsv model.npz >eval.txt 2>&1 &&
		rm start.npz eval.txt
	awk -F '\t' 'NR > 1 { print $1 "\tpatient " NR % 8 }' predictions.tsv >patients.tsv
	cp "$DATA/report/fifteen.tsv" answers.tsv
	cp "$TOP"/examples/clinic/*.tsv .
}
