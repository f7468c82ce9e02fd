#!/usr/bin/env bash
# Each way through training, evaluation and averaging once, as small as it gets: for valgrind, where tests/cli/train.sh takes an hour.
. "$(dirname "$0")/lib.sh"

mkdir -p cells/BAS cells/EOS
for class in BAS EOS; do
	find "$TOP/examples/demo-cells/$class" -name '*.tiff' | sort | head -n 6 | xargs -d '\n' cp -t cells/$class
done
aml-downsample -q -s 12 -o data cells
aml-init -s 1 --size 12 start.npz
for isa in blas ref sse2 avx2; do
	AML_ISA=$isa aml-train --version >"$out" 2>&1 || continue
	export AML_ISA=$isa
	run aml-train -q -d data -b 4 -e 2 --bn exact --keep best --checkpoint $isa.one start.npz $isa.a.npz
	exits 0 "$isa: exact statistics, the best epoch, a checkpoint"
	run aml-train -q -d data -b 4 -e 2 --augment rotate --proximal .1 --class-weight balanced --log $isa.tsv start.npz $isa.b.npz
	exits 0 "$isa: turned images, weights of classes, a proximal term, a log"
	run aml-eval -q -d data -p $isa.predictions.tsv $isa.a.npz $isa.json
	exits 0 "$isa: evaluation"
	run aml-predict $isa.a.npz cells/BAS/*.tiff
	exits 0 "$isa: prediction"
done
run aml-fedavg -q --server-opt adam --previous start.npz --state adam.state -o step.npz blas.a.npz blas.b.npz
exits 0 "an optimiser's step, its state"
run aml-fedavg -q -m median -o median.npz blas.a.npz blas.b.npz
exits 0 "the median"
end
