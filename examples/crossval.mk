# Cross-validation: trains once for each of K folds, and prints one table at the end.
#
#     make -f crossval.mk -j 2 DATA=dataset FOLDS=5 TRAIN="-e 20 -b 16 --bn exact"
#
# Every image is in the validation set of exactly one fold, so in the total confusion matrix WORK/confusion.svg
# each image is predicted by a model that was not trained on it. -j trains folds in parallel; then also give TRAIN a -j.
#
#   all     table and WORK/confusion.svg (default)
#   table   accuracy of each fold
#   clean   remove WORK
#   help    this text
#
# SEED draws the folds and the initial model, SIZE and CLASSES are of the images, TRAIN holds options for aml-train. Changed
# data or options repeat what depends on them.

DATA    ?= dataset
WORK    ?= crossval
FOLDS   ?= 5
SEED    ?= 0
SIZE    ?= 100
CLASSES ?= 15
TRAIN   ?= -e 10

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

NUMBERS     := $(shell seq 0 $$(($(FOLDS) - 1)))
PREDICTIONS := $(NUMBERS:%=$(WORK)/%.tsv)

.PHONY: all table clean help
all: table $(WORK)/confusion.svg
clean:
	rm -rf '$(WORK)'
help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' '$(strip $(MAKEFILE_LIST))'

table: $(PREDICTIONS)
	@printf 'fold\timages\taccuracy\n'
	@awk -F '\t' 'FNR == 1 { next } { n[FILENAME]++; right[FILENAME] += $$2 == $$3 } \
		END { for (i = 1; i < ARGC; i++) { f = ARGV[i]; a = right[f] / n[f]; sum += a; square += a * a; \
			printf "%d\t%d\t%.4f\n", i - 1, n[f], a } \
			m = sum / (ARGC - 1); v = square / (ARGC - 1) - m * m; \
			printf "mean\t\t%.4f\nspread\t\t%.4f\n", m, (v > 0 ? sqrt(v) : 0) }' $(PREDICTIONS)

# Times do not tell make of a dataset in whose place an older one was put: names, sizes and times of its files do.
files = $(shell find -L '$(1)' -type f -printf '%P %s %T@\n' 2>/dev/null | LC_ALL=C sort | cksum)

# A file with the options of the run, rewritten only if they change.
OPTIONS := $(DATA) | $(call files,$(DATA)) | $(FOLDS) | $(SEED) | $(SIZE) | $(CLASSES) | $(TRAIN)
$(WORK)/options: FORCE
	@mkdir -p '$(WORK)'
	@echo '$(OPTIONS)' | cmp -s - '$@' || { echo '$(OPTIONS)' >'$@.new' && mv '$@.new' '$@'; }
.PHONY: FORCE            # otherwise .SECONDARY lets it be missing, and nothing is rewritten

# Of a dataset that is there nothing is made.
%/labels.npy:
	@echo 'crossval.mk: $(@D) is not a dataset, labels.npy is missing; give DATA=FOLDER' >&2; exit 1

$(WORK)/folds: $(DATA)/labels.npy $(WORK)/options
	rm -rf '$@'
	aml-partition -n $(FOLDS) -S folds -s $(SEED) '$(DATA)' '$@' >'$(WORK)/folds.tsv.new'
	mv '$(WORK)/folds.tsv.new' '$(WORK)/folds.tsv'

$(WORK)/init.npz: $(WORK)/options
	aml-init -s $(SEED) --size $(SIZE) --classes '$(CLASSES)' '$@'

$(WORK)/%.npz: $(WORK)/init.npz $(WORK)/folds
	aml-train -q -d '$(WORK)/folds/partition$*' -s $(SEED) $(TRAIN) '$<' '$@'

$(PREDICTIONS): $(WORK)/%.tsv: $(WORK)/%.npz
	aml-eval -q -d '$(WORK)/folds/partition$*' --split valid -p '$@' '$<'

$(WORK)/confusion.svg: $(PREDICTIONS)
	aml-confmat -o '$@' $^
