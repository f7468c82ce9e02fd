# Parameter sweep: trains once for each combination, and prints one table at the end, the best first.
#
#     make -f sweep.mk -j 2 DATA=dataset RATES="1e-3 3e-4" BATCHES="16 32" SEEDS="0 1 2" TRAIN="-e 20 --bn exact"
#
# The table is saved as WORK/table.tsv: rate, batch, seed, epochs, validation loss and accuracy of the last epoch.
#
#   all     the table (default)
#   clean   remove WORK
#   help    this text
#
# SIZE and CLASSES are of the images, TRAIN holds options for aml-train. Changed data or options repeat what depends on them.

DATA    ?= dataset
WORK    ?= sweep
RATES   ?= 1e-3 3e-4
BATCHES ?= 16 32
SEEDS   ?= 0
SIZE    ?= 100
CLASSES ?= 15
TRAIN   ?= -e 10

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

JOBS := $(foreach r,$(RATES),$(foreach b,$(BATCHES),$(foreach s,$(SEEDS),$(r)_$(b)_$(s))))
part  = $(word $(1),$(subst _, ,$(2)))

.PHONY: all clean help
all: $(WORK)/table.tsv
	@cat '$<'
clean:
	rm -rf '$(WORK)'
help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' '$(strip $(MAKEFILE_LIST))'

# Times do not tell make of a dataset in whose place an older one was put: names, sizes and times of its files do.
files = $(shell find -L '$(1)' -type f -printf '%P %s %T@\n' 2>/dev/null | LC_ALL=C sort | cksum)

# Files with the options of all runs, and with the list of runs; each rewritten only if it changes.
OPTIONS := $(DATA) | $(call files,$(DATA)) | $(SIZE) | $(CLASSES) | $(TRAIN)
$(WORK)/options: TEXT = $(OPTIONS)
$(WORK)/jobs: TEXT = $(JOBS)
$(WORK)/options $(WORK)/jobs: FORCE
	@mkdir -p '$(WORK)'
	@echo '$(TEXT)' | cmp -s - '$@' || { echo '$(TEXT)' >'$@.new' && mv '$@.new' '$@'; }
.PHONY: FORCE            # otherwise .SECONDARY lets it be missing, and nothing is rewritten

$(WORK)/init%.npz: $(WORK)/options
	aml-init -s $* --size $(SIZE) --classes '$(CLASSES)' '$@'

# Of a dataset that is there nothing is made.
%/labels.npy:
	@echo 'sweep.mk: $(@D) is not a dataset, labels.npy is missing; give DATA=FOLDER' >&2; exit 1

define job_rule
$(WORK)/$(1).npz: $(WORK)/init$(call part,3,$(1)).npz $(DATA)/labels.npy $(WORK)/options
	rm -f '$(WORK)/$(1).log'
	aml-train -q -d '$(DATA)' -l $(call part,1,$(1)) -b $(call part,2,$(1)) -s $(call part,3,$(1)) $(TRAIN) \
		--log '$(WORK)/$(1).log' '$$<' '$$@'
endef
$(foreach j,$(JOBS),$(eval $(call job_rule,$(j))))

$(WORK)/table.tsv: $(JOBS:%=$(WORK)/%.npz) $(WORK)/jobs
	@for j in $(JOBS); do \
		[ -s '$(WORK)'/$$j.log ] || { echo "sweep.mk: $(WORK)/$$j.log is missing; remove $$j.npz, too" >&2; exit 1; }; \
	done
	{ printf 'rate\tbatch\tseed\tepochs\tvalid_loss\tvalid_accuracy\n'; \
	  for j in $(JOBS); do \
		printf '%s\t' $$(echo $$j | tr _ ' '); tail -n 1 '$(WORK)'/$$j.log | cut -f 1,4,5; \
	  done | sort -t "$$(printf '\t')" -k 6,6gr -k 5,5g; } >'$@.new'
	mv '$@.new' '$@'
