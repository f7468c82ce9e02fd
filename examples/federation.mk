# Federation without a server: rounds are make targets, clients are local folders or hosts reached by ssh.
#
#     make -f federation.mk -j CLIENTS="north south east" \
#          DATA_north=data/north DATA_south=/srv/cells HOST_south=me@south DATA_east=... ROUNDS=10
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
#   clean      remove WORK
#
# INIT names the initial model; without it aml-init makes one from SEED, SIZE and CLASSES. TRAIN and FEDAVG are options for
# aml-train and aml-fedavg.

CLIENTS ?= clinic0 clinic1 clinic2
WORK    ?= federation
ROUNDS  ?= 3
SEED    ?= 0
SIZE    ?= 100
CLASSES ?= 15
INIT    ?=
TRAIN   ?=
FEDAVG  ?=
SSH     ?= ssh
$(foreach c,$(CLIENTS),$(eval DATA_$(c) ?= $(c)))

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

LAST    := $(WORK)/$(ROUNDS)/global.npz
REPORTS := $(CLIENTS:%=$(WORK)/$(ROUNDS)/%.json)
ROUND_NUMBERS := $(shell seq 1 $(ROUNDS))

.PHONY: all init validate table clean
all: $(LAST)
init: $(WORK)/0/global.npz
validate: $(REPORTS)
clean:
	rm -rf '$(WORK)'

table: $(REPORTS)
	@for c in $(CLIENTS); do \
		printf '%s\t' "$$c"; sed -n 's/^ *"accuracy": \([^,]*\),*/\1/p' '$(WORK)/$(ROUNDS)'/$$c.json; \
	done

# A file with the options of the run, rewritten only if they change.
OPTIONS := $(SEED) | $(SIZE) | $(CLASSES) | $(INIT) | $(TRAIN) | $(FEDAVG) | $(foreach c,$(CLIENTS),$(c)=$(HOST_$(c)):$(DATA_$(c)))
$(WORK)/options: FORCE
	@mkdir -p '$(WORK)'
	@echo '$(OPTIONS)' | cmp -s - '$@' || { echo '$(OPTIONS)' >'$@.new' && mv '$@.new' '$@'; }
.PHONY: FORCE            # otherwise .SECONDARY lets it be missing, and nothing is rewritten

$(WORK)/0/global.npz: $(INIT) $(WORK)/options
	@mkdir -p '$(@D)'
	$(if $(INIT),cp '$(INIT)' '$@.new' && mv '$@.new' '$@',aml-init -s $(SEED) --size $(SIZE) --classes '$(CLASSES)' '$@')

# labels.npy tells make that the data of a folder changed; changes on a host are not noticed.
define client_data
$(if $(HOST_$(1)),,$(DATA_$(1))/labels.npy)
endef

# run CLIENT,COMMAND: runs it here, or on the client's host
define run
$(if $(HOST_$(1)),$(SSH) '$(HOST_$(1))' "$(2)",$(2))
endef

# train ROUND,CLIENT
define train_rule
$(WORK)/$(1)/$(2).npz: $(WORK)/$(shell expr $(1) - 1)/global.npz $(call client_data,$(2)) $(WORK)/options
	@mkdir -p '$$(@D)'
	$(call run,$(2),aml-train -q -d '$(DATA_$(2))' -s $(shell expr $(SEED) + $(1)) $(TRAIN) - -) <'$$<' >'$$@.new'
	mv '$$@.new' '$$@'
endef

define aggregate_rule
$(WORK)/$(1)/global.npz: $(CLIENTS:%=$(WORK)/$(1)/%.npz)
	aml-fedavg -q $(FEDAVG) -o '$$@' $$^
endef

define validate_rule
$(WORK)/$(ROUNDS)/$(1).json: $(LAST) $(call client_data,$(1))
	$(call run,$(1),aml-eval -q --json -d '$(DATA_$(1))' -) <'$$<' >'$$@.new'
	mv '$$@.new' '$$@'
endef

$(foreach r,$(ROUND_NUMBERS),$(eval $(call aggregate_rule,$(r))))
$(foreach r,$(ROUND_NUMBERS),$(foreach c,$(CLIENTS),$(eval $(call train_rule,$(r),$(c)))))
$(foreach c,$(CLIENTS),$(eval $(call validate_rule,$(c))))
