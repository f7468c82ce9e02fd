# Federation without a server: rounds are make targets, clients are local folders or hosts reached by ssh.
#
#     make -f federation.mk -j CLIENTS="north south east" \
#          DATA_north=data/north DATA_south=/srv/cells HOST_south=me@south DATA_east=data/east ROUNDS=10
#
# In each round every client trains the global model on its own data, then the models are averaged. Only weights
# travel; over ssh they pass through standard input and output, and nothing is stored on the host. As usual with make,
# an interrupted run resumes, changed data or options repeat what depends on them, and -j runs the clients in
# parallel. Round R trains with seed SEED + R.
#
#   all        the model after ROUNDS rounds: WORK/ROUNDS/global.npz (default)
#   init       the initial model only
#   validate   evaluate the last model at each client: WORK/ROUNDS/CLIENT.json
#   table      accuracy of the last model at each client
#   report     what the last model is worth, by client and in all, with intervals; clients hand out counts, no predictions
#   record     what happened in each round, by LEDGER and the files
#   clean      remove WORK
#   help       this text
#
# KEY_north=~/.ssh/id_ed25519 is the private OpenSSH key with which a client signs its models, on the client's host. Where one is given, models
# are signed, and aml-fedavg averages none that is not; whose keys these are stands in ROSTER (aml-fedavg(1)), or, without one, in WORK/roster.tsv,
# which is asked from the clients once: compare its keys with what the clinics tell on another way. LEDGER=FILE records each round (aml-ledger(5)).
# A round that is repeated because data or options changed is another one: it needs another ledger.
#
# INIT names the initial model; without it aml-init makes one from SEED, SIZE and CLASSES. TRAIN and FEDAVG are options for
# aml-train and aml-fedavg; EVAL and SHARE, of report, for aml-eval and aml-score --share: EVAL="--split valid" leaves out the images
# that aml-train learns from, SHARE="--min-cell 5" hides small counts.

CLIENTS ?= clinic0 clinic1 clinic2
WORK    ?= federation
ROUNDS  ?= 3
SEED    ?= 0
SIZE    ?= 100
CLASSES ?= 15
INIT    ?=
TRAIN   ?=
FEDAVG  ?=
EVAL    ?= --split valid
SHARE   ?=
SSH     ?= ssh
ROSTER  ?=
LEDGER  ?=
$(foreach c,$(CLIENTS),$(eval DATA_$(c) ?= $(c)))

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

ifneq ($(words $(CLIENTS)),$(words $(sort $(CLIENTS))))
$(error CLIENTS has a client twice: $(CLIENTS))
endif
ifeq ($(strip $(CLIENTS)),)
$(error CLIENTS is empty)
endif
ifneq ($(shell [ '$(ROUNDS)' -ge 1 ] 2>/dev/null && echo yes),yes)
$(error ROUNDS is '$(ROUNDS)', expected a number from 1)
endif

LAST    := $(WORK)/$(ROUNDS)/global.npz
REPORTS := $(CLIENTS:%=$(WORK)/$(ROUNDS)/%.json)
SHARED  := $(CLIENTS:%=$(WORK)/$(ROUNDS)/%.tsv)
ROUND_NUMBERS := $(shell seq 1 $(ROUNDS))

.PHONY: all init validate table report record clean help
all: $(LAST)
init: $(WORK)/0/global.npz
validate: $(REPORTS)
clean:
	rm -rf '$(WORK)'
help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' '$(strip $(MAKEFILE_LIST))'

table: $(REPORTS)
	@for c in $(CLIENTS); do \
		printf '%s\t' "$$c"; sed -n 's/^ *"accuracy": \([^,]*\),*/\1/p' '$(WORK)/$(ROUNDS)'/$$c.json; \
	done

report: $(SHARED)
	@sh "$$(dirname '$(strip $(MAKEFILE_LIST))')/federation-report.sh" $(SHARED:%='%')

SIGNED  := $(strip $(ROSTER) $(foreach c,$(CLIENTS),$(KEY_$(c))))
WHO     := $(or $(ROSTER),$(if $(SIGNED),$(WORK)/roster.tsv))

record: $(LAST)
	aml-info --ledger '$(LEDGER)' $(foreach r,$(ROUND_NUMBERS),$(CLIENTS:%='$(WORK)/$(r)/%.npz')) \
		$(foreach r,0 $(ROUND_NUMBERS),'$(WORK)/$(r)/global.npz')

# Times do not tell make of a dataset or a model in whose place an older one was put: names, sizes and times of files do.
files = $(shell find -L '$(1)' -type f -printf '%P %s %T@\n' 2>/dev/null | LC_ALL=C sort | cksum)

# Files with the options of the run and of the report, rewritten only if they change.
OPTIONS := $(SEED) | $(SIZE) | $(CLASSES) | $(INIT) | $(if $(INIT),$(call files,$(INIT))) | $(TRAIN) | $(FEDAVG) | $(foreach c,$(CLIENTS),$(c)=$(HOST_$(c)):$(DATA_$(c)):$(if $(HOST_$(c)),,$(call files,$(DATA_$(c))))$(if $(KEY_$(c)), key $(KEY_$(c))))
define remember
	@mkdir -p '$(WORK)'
	@echo '$(1)' | cmp -s - '$@' || { echo '$(1)' >'$@.new' && mv '$@.new' '$@'; }
endef
$(WORK)/options: FORCE
	$(call remember,$(OPTIONS))
$(WORK)/report-options: FORCE
	$(call remember,$(EVAL) | $(SHARE))
.PHONY: FORCE            # otherwise .SECONDARY lets it be missing, and nothing is rewritten

$(WORK)/0/global.npz: $(INIT) $(WORK)/options
	@mkdir -p '$(@D)'
	$(if $(INIT),cp '$(INIT)' '$@.new' && mv '$@.new' '$@',aml-init -s $(SEED) --size $(SIZE) --classes '$(CLASSES)' '$@')

# Of a dataset that is there nothing is made.
%/labels.npy:
	@echo 'federation.mk: $(@D) is not a dataset, labels.npy is missing; give DATA_CLIENT=FOLDER' >&2; exit 1

# labels.npy tells make that the data of a folder changed; changes on a host are not noticed.
define client_data
$(if $(HOST_$(1)),,$(DATA_$(1))/labels.npy)
endef

# run CLIENT,COMMAND: runs it here, or on the client's host
define run
$(if $(HOST_$(1)),$(SSH) '$(HOST_$(1))' "$(2)",$(2))
endef

# Asked once: a key that changes later is refused.
$(WORK)/roster.tsv:
	@mkdir -p '$(@D)'
	{ printf 'site\tkey\n'; $(foreach c,$(CLIENTS),printf '%s\t%s\n' '$(c)' \
		"$(if $(KEY_$(c)),$$($(call run,$(c),ssh-keygen -y -f '$(KEY_$(c))')),-)";) } >'$@.new'
	mv '$@.new' '$@'

# signed ROUND,CLIENT,DOLLAR: trains at the client, and hands out the signature and after it the model
define signed
{ t=$(3)(mktemp) && trap 'rm -f $(3)t' EXIT && aml-train -q -d '$(DATA_$(2))' -s $(shell expr $(SEED) + $(1)) $(TRAIN) - - >$(3)t && sha256sum <$(3)t | cut -c1-64 | ssh-keygen -Y sign -q -f '$(KEY_$(2))' -n aml-model && cat $(3)t; }
endef

# train ROUND,CLIENT where the client has a key; the model is there after its signature
define signed_rule
$(WORK)/$(1)/$(2).npz: $(WORK)/$(shell expr $(1) - 1)/global.npz $(call client_data,$(2)) $(WORK)/options
	@mkdir -p '$$(@D)'
	$(call run,$(2),$(call signed,$(1),$(2),$(if $(HOST_$(2)),\)$$$$)) <'$$<' >'$$@.both'
	sed '/^-----END SSH SIGNATURE-----$$$$/q' '$$@.both' >'$$@.sig'
	tail -c +$$$$(($$$$(wc -c <'$$@.sig') + 1)) '$$@.both' >'$$@.new'
	rm '$$@.both' && mv '$$@.new' '$$@'
endef

# train ROUND,CLIENT
define train_rule
$(WORK)/$(1)/$(2).npz: $(WORK)/$(shell expr $(1) - 1)/global.npz $(call client_data,$(2)) $(WORK)/options
	@mkdir -p '$$(@D)'
	$(call run,$(2),aml-train -q -d '$(DATA_$(2))' -s $(shell expr $(SEED) + $(1)) $(TRAIN) - -) <'$$<' >'$$@.new'
	mv '$$@.new' '$$@'
endef

define aggregate_rule
$(WORK)/$(1)/global.npz: $(CLIENTS:%=$(WORK)/$(1)/%.npz) | $(WHO)
	aml-fedavg -q $(FEDAVG) $(if $(WHO)$(LEDGER),--previous '$(WORK)/$(shell expr $(1) - 1)/global.npz') \
		$(if $(WHO),--roster '$(WHO)') $(if $(LEDGER),--ledger '$(LEDGER)') -o '$$@' $(foreach c,$(CLIENTS),'$(c)=$(WORK)/$(1)/$(c).npz')
endef

define validate_rule
$(WORK)/$(ROUNDS)/$(1).json: $(LAST) $(call client_data,$(1))
	$(call run,$(1),aml-eval -q --json -d '$(DATA_$(1))' -) <'$$<' >'$$@.new'
	mv '$$@.new' '$$@'
endef

# counted CLIENT,DOLLAR: evaluates at the client, and hands out counts; a pipe would count what came before aml-eval ended early
define counted
{ t=$(2)(mktemp) && trap 'rm -f $(2)t' EXIT && aml-eval -q $(EVAL) -d '$(DATA_$(1))' -p $(2)t - /dev/null && aml-score --share $(SHARE) $(2)t; }
endef

define share_rule
$(WORK)/$(ROUNDS)/$(1).tsv: $(LAST) $(call client_data,$(1)) $(WORK)/report-options
	$(call run,$(1),$(call counted,$(1),$(if $(HOST_$(1)),\)$$$$)) <'$$<' >'$$@.new'
	mv '$$@.new' '$$@'
endef

$(foreach r,$(ROUND_NUMBERS),$(eval $(call aggregate_rule,$(r))))
$(foreach r,$(ROUND_NUMBERS),$(foreach c,$(CLIENTS),$(eval $(call $(if $(KEY_$(c)),signed_rule,train_rule),$(r),$(c)))))
$(foreach c,$(CLIENTS),$(eval $(call validate_rule,$(c)))$(eval $(call share_rule,$(c))))
