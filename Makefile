# aml: small tools that train, federate and serve a leukocyte classifier.
#
# make CONF=release|debug|asan|tsan|cov|fuzz   each builds in a folder of its own, build/CONF
# CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX and DESTDIR mean what they mean everywhere.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

VERSION  := 0.1
CONF     ?= release
O        := build/$(CONF)
PREFIX   ?= /usr/local
BINDIR    = $(DESTDIR)$(PREFIX)/bin
MANDIR    = $(DESTDIR)$(PREFIX)/share/man
COMPDIR   = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DATADIR   = $(DESTDIR)$(PREFIX)/share/aml

ifeq ($(origin CC),default)
CC       := gcc
endif
PKGCONFIG ?= pkg-config
# OpenBLAS is loaded where it is first needed (gemm.c). Linked, with BLAS_LIBS, any CBLAS will do:
# make BLAS_LIBS=-lblis BLAS_CFLAGS=-I...
BLAS_CFLAGS ?= $(shell $(PKGCONFIG) --cflags openblas)
BLAS_LINK   := $(or $(BLAS_LIBS),-ldl)
BLAS_LOAD   := $(if $(BLAS_LIBS),,-DBLAS_SONAME='"libopenblas.so.0"')
LIB_CFLAGS  := $(shell $(PKGCONFIG) --cflags libtiff-4 libpng libjpeg zlib)
LIBS        := $(shell $(PKGCONFIG) --libs libtiff-4 libpng libjpeg zlib) -lm -pthread

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings
OPT_release := -O2 -g
OPT_debug   := -O0 -g3
OPT_asan    := -O1 -g -fno-omit-frame-pointer
OPT_tsan    := -O1 -g
OPT_cov     := -O0 -g
OPT_fuzz    := -O1 -g
# simd.c is faster so; under asan gcc takes minutes for it.
OPT_simd    := $(if $(filter asan,$(CONF)),-O1,-O3)
SAN_asan    := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_tsan    := -fsanitize=thread
SAN_cov     := --coverage
SAN_fuzz    := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
CFLAGS      ?= $(OPT_$(CONF))
ALL_CFLAGS   = -std=gnu11 $(WARN) -Ilibcore -Itests -ffp-contract=off -pthread -D_GNU_SOURCE \
               -DAML_VERSION='"$(VERSION)"' $(CFLAGS) $(SAN_$(CONF)) $(LIB_CFLAGS) $(BLAS_CFLAGS) $(BLAS_LOAD) $(CPPFLAGS)
ALL_LDFLAGS  = $(SAN_$(CONF)) $(LDFLAGS)

TOOLS     := $(patsubst tools/%.c,%,$(wildcard tools/aml-*.c))
LIB_SRC   := $(filter-out libcore/kernels/simd.c,$(wildcard libcore/*/*.c))
TEST_SRC  := $(wildcard tests/unit/test_*.c)
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
EXPERIMENT_SRC := $(wildcard examples/experiments/*.c)

# One object of simd.c for each instruction set that this architecture has; none: plain C only.
ARCH     := $(shell $(CC) -dumpmachine | cut -d- -f1)
ifneq ($(wildcard libcore/kernels/simd.c),)
ifeq ($(ARCH),x86_64)
ISAS     := sse2 avx2 avx512
else ifeq ($(ARCH),aarch64)
ISAS     := neon
endif
endif
ISA_sse2   := -DISA=sse2 -DLANES=4
ISA_avx2   := -DISA=avx2 -DLANES=8 -mavx2 -mfma
ISA_avx512 := -DISA=avx512 -DLANES=16 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mfma -mprefer-vector-width=512
ISA_neon   := -DISA=neon -DLANES=4
ALL_CFLAGS += $(foreach isa,$(ISAS),-DHAVE_$(isa))
SIMD_OBJ := $(ISAS:%=$(O)/libcore/kernels/simd_%.o)

LIB_OBJ  := $(LIB_SRC:%.c=$(O)/%.o) $(SIMD_OBJ)
LIB      := $(O)/libcore.a
BINS     := $(TOOLS:%=$(O)/%)
TESTS    := $(TEST_SRC:tests/unit/%.c=$(O)/tests/%)
FUZZERS  := $(FUZZ_SRC:tests/fuzz/%.c=$(O)/fuzz/%)
BENCHES  := $(BENCH_SRC:tests/bench/%.c=$(O)/bench/%)
EXPERIMENTS := $(EXPERIMENT_SRC:examples/%.c=$(O)/%)

.PHONY: all
all: $(BINS) ## build the tools (default)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

# The flags file changes only when the flags do, and everything is rebuilt then.
FLAGS_NOW = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(BLAS_LINK) $(LIBS)
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' > $@
FORCE:

# make -s says nothing, so that make -s bench is a table.
SAY     = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,echo)
COMPILE = @mkdir -p $(@D); $(SAY) "CC $(@:$(O)/%=%)"; $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
LINK    = @mkdir -p $(@D); $(SAY) "LD $(@:$(O)/%=%)"; $(CC) $(ALL_LDFLAGS) -o $@ $^ $(BLAS_LINK) $(LIBS)

$(O)/%.o: %.c $(O)/flags
	$(COMPILE)

$(SIMD_OBJ): $(O)/libcore/kernels/simd_%.o: libcore/kernels/simd.c $(O)/flags
	$(COMPILE) $(OPT_simd) -ffp-contract=fast $(ISA_$*)

$(O)/libcore/serve/served_page.o: libcore/serve/served_page.html

$(LIB): $(LIB_OBJ)
	@rm -f $@; $(AR) rcs $@ $^

$(BINS): $(O)/%: $(O)/tools/%.o $(LIB)
	$(LINK)

$(TESTS): $(O)/tests/%: $(O)/tests/unit/%.o $(LIB)
	$(LINK)

# A fuzz target with the driver that replays files; CONF=fuzz has libFuzzer's in its place.
FUZZ_MAIN := $(if $(filter fuzz,$(CONF)),,$(O)/tests/fuzz/replay.o)
$(FUZZERS): $(O)/fuzz/%: $(O)/tests/fuzz/%.o $(FUZZ_MAIN) $(LIB)
	$(LINK) $(if $(FUZZ_MAIN),,-fsanitize=fuzzer)

$(EXPERIMENTS): $(O)/%: $(O)/examples/%.o $(LIB)
	$(LINK)

$(BENCHES): $(O)/bench/%: $(O)/tests/bench/%.o $(LIB)
	$(LINK)

-include $(LIB_OBJ:.o=.d) $(wildcard $(O)/tools/*.d $(O)/tests/*/*.d $(O)/examples/*/*.d)

.PHONY: check
CLI_TESTS := $(wildcard tests/cli/*.sh)
PROVE      = BIN=$(abspath $(O)) AML_CONF=$(CONF) prove --nocolor -j 2 $(PROVE_FLAGS)
check: all $(TESTS) $(FUZZERS) ## unit, command line, golden and corpus tests; no Python, no network
	@$(PROVE) -e '' $(TESTS); unit=$$?; $(PROVE) -e bash $(CLI_TESTS) && exit $$unit

# A part of check: the unit tests into which the function UNITS_WITH is linked, those of the tools into which TOOLS_WITH is,
# and the command line tests CLI_ALSO.
.PHONY: check-linked
check-linked: all $(TESTS)
	@units=$$(bash tests/linked.sh $(UNITS_WITH) $(TESTS)) && tools=$$(bash tests/linked.sh $(TOOLS_WITH) $(BINS)) && \
	$(MAKE) check FUZZERS= TESTS="$$units" CLI_TESTS="$$(echo $$tools $(CLI_ALSO) | sed -E 's,([^ ]*/aml-)?([a-z_]+),tests/cli/\2.sh,g')"

.PHONY: check-asan check-tsan check-valgrind check-peers check-browser check-serve check-fedn check-dockerfile check-slurm
check-asan: ## check with address and undefined behaviour sanitizers
	@$(MAKE) CONF=asan check

check-tsan: ## the tests of what starts threads, with thread sanitizer
	@$(MAKE) CONF=tsan UNITS_WITH=threads_new TOOLS_WITH=threads_new check-linked

check-valgrind: all $(TESTS) $(FUZZERS) ## unit and command line tests with valgrind
	@bash tests/valgrind.sh $(O) $(TESTS)

check-peers: all ## test against Pillow, numpy, scikit-learn, Keras, ONNX Runtime, OpenVINO, in a separate environment
	@BIN=$(abspath $(O)) sh tests/peers/run.sh

check-browser: all ## test pages of aml-report in a real browser; screenshots and PDF in build/browser
	@BIN=$(abspath $(O)) prove --nocolor $(PROVE_FLAGS) -e bash tests/browser/check.sh :: build/browser

check-serve: all ## test aml-serve behind real web servers: its page in a browser, clients, hostile requests, load
	@BIN=$(abspath $(O)) prove --nocolor $(PROVE_FLAGS) -e bash tests/serve/examples.sh tests/serve/check.sh
	@BIN=$(abspath $(O)) prove --nocolor $(PROVE_FLAGS) -e bash tests/serve/page.sh :: build/serve-page

check-fedn: all ## test in a real FEDn network on this machine, with the tools as its compute package
	@BIN=$(abspath $(O)) prove --nocolor $(PROVE_FLAGS) -e bash tests/fedn/check.sh

check-dockerfile: ## test the steps of examples/fedn/Dockerfile in bare Debian roots; as root, with debootstrap
	@prove --nocolor $(PROVE_FLAGS) -e bash tests/fedn/dockerfile.sh

check-slurm: all ## test on a real one-node Slurm on this machine; as root
	@BIN=$(abspath $(O)) prove --nocolor $(PROVE_FLAGS) -e bash tests/slurm/check.sh

.PHONY: coverage
COVERAGE_FLOOR ?= 90
coverage: ## line coverage of libcore; fails below COVERAGE_FLOOR percent
	@find build/cov -name '*.gcda' -delete 2>/dev/null || :
	@$(MAKE) CONF=cov check
	@bash tests/coverage.sh build/cov $(COVERAGE_FLOOR)

.PHONY: fuzz fuzzers programs
FUZZ_SECONDS ?= 60
fuzzers: $(FUZZERS)
programs: $(BINS) $(TESTS) $(FUZZERS) $(BENCHES) $(EXPERIMENTS)
fuzz: ## run each fuzz target with libFuzzer for FUZZ_SECONDS; findings go to build/fuzz/findings
	@$(MAKE) CONF=fuzz CC=clang fuzzers
	@bash tests/fuzz/run.sh build/fuzz $(FUZZ_SECONDS)

.PHONY: lint
lint: ## layers, style, static analysis, shell scripts, manual pages
	@bash tests/lint.sh

.PHONY: bench
bench: $(BENCHES) ## time kernels, training, inference and files; prints TSV with this machine's peak
	@for b in $(BENCHES); do $$b || exit 1; done | awk '!/^name\t/ || !seen++'

.PHONY: bench-peers
ROUNDS ?= 5
bench-peers: all $(BENCHES) ## time each job against the peers in turn, ROUNDS times; JOBS="train infer ..." selects jobs
	@BIN=$(abspath $(O)) sh tests/peers/bench.sh -r $(ROUNDS) $(JOBS)

.PHONY: demo
demo: all ## run the tutorial on the 600 images of examples/demo-cells
	@BIN=$(abspath $(O)) sh examples/demo.sh

MAN_PAGES := $(wildcard man/*.[157])
CLINIC    := $(wildcard examples/clinic/*.tsv)
.PHONY: install
install: all ## install tools, manual pages, completion and tables for aml-score to PREFIX
	install -d $(BINDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man7 $(COMPDIR) $(DATADIR)
	install $(BINS) $(BINDIR)
	for page in $(MAN_PAGES); do install -m 644 $$page $(MANDIR)/man$${page##*.} || exit 1; done
	install -m 644 tools/aml.bash $(COMPDIR)/aml
	for tool in $(TOOLS); do ln -sf aml $(COMPDIR)/$$tool || exit 1; done
	install -m 644 $(CLINIC) $(DATADIR)

.PHONY: uninstall
uninstall: ## remove installed files
	rm -f $(TOOLS:%=$(BINDIR)/%) $(TOOLS:%=$(COMPDIR)/%) $(COMPDIR)/aml $(CLINIC:examples/clinic/%=$(DATADIR)/%)
	[ ! -d $(DATADIR) ] || rmdir --ignore-fail-on-non-empty $(DATADIR)
	for page in $(MAN_PAGES); do rm -f $(MANDIR)/man$${page##*.}/$${page#man/}; done

.PHONY: clean
clean: ## remove build/
	rm -rf build
