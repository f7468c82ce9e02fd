# A federation without a server: rounds as make targets, clients as folders or as hosts over ssh.
#
#     make -f federation.mk -j CLIENTS="north south east" \
#          DATA_north=data/north DATA_south=/srv/cells HOST_south=me@south DATA_east=... ROUNDS=10
#
# Every round each client trains the global model on its own data, then the models are averaged. Only weights
# travel: over ssh they go through standard input and output, nothing is stored at the host. What make
# promises holds: an interrupted run goes on where it was, changed data or options train again what depends on
# them, -j runs the clients side by side. Round R trains with seed SEED + R.
#
#   all        the model after ROUNDS rounds: WORK/ROUNDS/global.npz (default)
#   init       the first model only
#   validate   each client's verdict on it: WORK/ROUNDS/CLIENT.json
#   table      accuracy of the last model at each client
#   clean      remove WORK
#
# INIT names the first model; without it aml-init makes one of SEED, SIZE and CLASSES. TRAIN and FEDAVG are options of
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

LAST     := $(WORK)/$(ROUNDS)/global.npz
VERDICTS := $(CLIENTS:%=$(WORK)/$(ROUNDS)/%.json)
ROUND_NUMBERS := $(shell seq 1 $(ROUNDS))

.PHONY: all init validate table clean
all: $(LAST)
init: $(WORK)/0/global.npz
validate: $(VERDICTS)
clean:
	rm -rf '$(WORK)'

table: $(VERDICTS)
	@for c in $(CLIENTS); do \
		printf '%s\t' "$$c"; sed -n 's/^ *"accuracy": \([^,]*\),*/\1/p' '$(WORK)/$(ROUNDS)'/$$c.json; \
	done

# The options of a run, in a file that changes only when they do.
$(WORK)/options: FORCE
	@mkdir -p '$(WORK)'
	@echo '$(SEED) $(SIZE) $(CLASSES) $(TRAIN) $(FEDAVG)' | cmp -s - '$@' || \
		echo '$(SEED) $(SIZE) $(CLASSES) $(TRAIN) $(FEDAVG)' >'$@'
FORCE:

$(WORK)/0/global.npz: $(INIT) $(WORK)/options
	@mkdir -p '$(@D)'
	$(if $(INIT),cp '$(INIT)' '$@',aml-init -s $(SEED) --size $(SIZE) --classes '$(CLASSES)' '$@')

# A folder's labels tell make that its data changed; of a host it knows nothing.
define client_data
$(if $(HOST_$(1)),,$(DATA_$(1))/labels.npy)
endef

# run CLIENT,COMMAND: here, or at the client's host
define run
$(if $(HOST_$(1)),$(SSH) '$(HOST_$(1))' "$(2)",$(2))
endef

# train ROUND,CLIENT
define train_rule
$(WORK)/$(1)/$(2).npz: $(WORK)/$(shell expr $(1) - 1)/global.npz $(call client_data,$(2)) $(WORK)/options
	@mkdir -p '$$(@D)'
	$(call run,$(2),aml-train -q -d '$(DATA_$(2))' -s $(shell expr $(SEED) + $(1)) $(TRAIN) - -) <'$$<' >'$$@'
endef

define aggregate_rule
$(WORK)/$(1)/global.npz: $(CLIENTS:%=$(WORK)/$(1)/%.npz)
	aml-fedavg -q $(FEDAVG) -o '$$@' $$^
endef

define validate_rule
$(WORK)/$(ROUNDS)/$(1).json: $(LAST) $(call client_data,$(1))
	$(call run,$(1),aml-eval -q --json -d '$(DATA_$(1))' -) <'$$<' >'$$@'
endef

$(foreach r,$(ROUND_NUMBERS),$(eval $(call aggregate_rule,$(r))))
$(foreach r,$(ROUND_NUMBERS),$(foreach c,$(CLIENTS),$(eval $(call train_rule,$(r),$(c)))))
$(foreach c,$(CLIENTS),$(eval $(call validate_rule,$(c))))
