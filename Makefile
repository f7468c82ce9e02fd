# aml: small tools that train, federate and serve a leukocyte classifier.
#
# make CONF=release|debug|asan|tsan|cov|fuzz|msan   each builds in a folder of its own, build/CONF
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
ZSHDIR    = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISHDIR   = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
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

ARCH        := $(shell $(CC) -dumpmachine | cut -d- -f1)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings
OPT_release := -O2 -g
OPT_debug   := -O0 -g3
OPT_asan    := -O1 -g -fno-omit-frame-pointer
OPT_tsan    := -O1 -g
OPT_cov     := -O0 -g -DUNCONFINED
OPT_fuzz    := -O1 -g
OPT_msan    := -O1 -g
# simd.c is faster so. With sanitizers compilers take minutes for it, and training twelve times as long; it reads no file that a stranger
# could make, and valgrind watches it in the unit tests of the kernels, where arrays end where they must.
OPT_simd      := -O3
OPT_simd_asan := -O3 -fno-sanitize=all
OPT_simd_fuzz := -O1 -fno-sanitize=all
OPT_simd_msan := -O1 -fno-sanitize=all
SAN_asan    := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_tsan    := -fsanitize=thread
SAN_cov     := --coverage
SAN_fuzz    := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
SAN_msan    := -fsanitize=fuzzer-no-link,memory
CFLAGS      ?= $(OPT_$(CONF))
# What makes a fault of memory hard to exploit, in what users run. CFLAGS and LDFLAGS come later and win.
HARD_release    := -fstack-protector-strong -fstack-clash-protection -fPIE $(if $(filter x86_64,$(ARCH)),-fcf-protection)
HARD_LD_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
# Needs an optimiser; one that the caller set stays. Old compilers know level 2 only.
ifneq ($(filter -O1 -O2 -O3,$(CFLAGS)),)
ifeq ($(findstring _FORTIFY_SOURCE,$(CFLAGS) $(CPPFLAGS)),)
HARD_release    += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(or $(shell $(CC) -O1 -D_FORTIFY_SOURCE=3 -include features.h -Werror -E -x c -o /dev/null /dev/null 2>/dev/null || echo 2),3)
endif
endif
ALL_CFLAGS   = -std=gnu11 $(WARN) -Ilibcore -Itests -ffp-contract=off -pthread -D_GNU_SOURCE \
               -DAML_VERSION='"$(VERSION)"' $(HARD_$(CONF)) $(CFLAGS) $(SAN_$(CONF)) $(LIB_CFLAGS) $(CPPFLAGS)
ALL_LDFLAGS  = $(HARD_LD_$(CONF)) $(SAN_$(CONF)) $(LDFLAGS)
ALL_LIBS     = $(BLAS_LINK) $(LIBS)

TOOLS     := $(patsubst tools/%.c,%,$(wildcard tools/aml-*.c))
LIB_SRC   := $(filter-out libcore/kernels/simd.c,$(wildcard libcore/*/*.c))
TEST_SRC  := $(wildcard tests/unit/test_*.c)
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
EXPERIMENT_SRC := $(wildcard examples/experiments/*.c)

# One object of simd.c for each instruction set that this architecture has; none: plain C only.
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
FAULT_LIBS := $(O)/faults/alloc_fault.so $(O)/faults/short_io.so $(O)/faults/misled.so

.PHONY: all
all: $(BINS) ## build the tools (default)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

# What objects and programs are made with: each file changes only when its flags do, and what depends on it is rebuilt then.
COMPILED_WITH = $(CC) $(ALL_CFLAGS)
LINKED_WITH   = $(CC) $(ALL_LDFLAGS) $(ALL_LIBS)
BLAS_WITH     = $(BLAS_CFLAGS) $(BLAS_LOAD)
# remember TEXT: keeps it in the target
remember = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(1))' >$@
$(O)/compiled-with: FORCE
	$(call remember,$(COMPILED_WITH))
$(O)/linked-with: FORCE
	$(call remember,$(LINKED_WITH))
$(O)/blas-with: FORCE
	$(call remember,$(BLAS_WITH))
FORCE:

# make -s says nothing, so that make -s bench is a table.
SAY     = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,echo)
COMPILE = @mkdir -p $(@D); $(SAY) "CC $(@:$(O)/%=%)"; $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
LINK    = @mkdir -p $(@D); $(SAY) "LD $(@:$(O)/%=%)"; $(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %-with,$^) $(ALL_LIBS)

$(O)/%.o: %.c $(O)/compiled-with
	$(COMPILE)

$(SIMD_OBJ): $(O)/libcore/kernels/simd_%.o: libcore/kernels/simd.c $(O)/compiled-with
	$(COMPILE) $(or $(OPT_simd_$(CONF)),$(OPT_simd)) -ffp-contract=fast $(ISA_$*)

# The one that calls BLAS.
$(O)/libcore/nn/gemm.o: private ALL_CFLAGS += $(BLAS_WITH)
$(O)/libcore/nn/gemm.o: $(O)/blas-with

$(O)/libcore/serve/served_page.o: libcore/serve/served_page.html

$(LIB): $(LIB_OBJ)
	@rm -f $@; $(AR) rcs $@ $^

$(BINS) $(TESTS) $(FUZZERS) $(BENCHES) $(EXPERIMENTS): $(O)/linked-with

$(BINS): $(O)/%: $(O)/tools/%.o $(LIB)
	$(LINK)

$(TESTS): $(O)/tests/%: $(O)/tests/unit/%.o $(LIB)
	$(LINK)

# A fuzz target with the driver that replays files; CONF=fuzz has libFuzzer's in its place.
FUZZ_MAIN := $(if $(filter fuzz msan,$(CONF)),,$(O)/tests/fuzz/replay.o)
$(FUZZERS): $(O)/fuzz/%: $(O)/tests/fuzz/%.o $(FUZZ_MAIN) $(LIB)
	$(LINK) $(if $(FUZZ_MAIN),,-fsanitize=fuzzer)

$(EXPERIMENTS): $(O)/%: $(O)/examples/%.o $(LIB)
	$(LINK)

$(FAULT_LIBS): $(O)/faults/%.so: tests/faults/%.c tests/faults/counters.h $(O)/compiled-with
	@mkdir -p $(@D); $(SAY) "LD $(@:$(O)/%=%)"; $(CC) $(ALL_CFLAGS) -fPIC -shared $(LDFLAGS) -o $@ $<

$(BENCHES): $(O)/bench/%: $(O)/tests/bench/%.o $(LIB)
	$(LINK)

-include $(LIB_OBJ:.o=.d) $(wildcard $(O)/tools/*.d $(O)/tests/*/*.d $(O)/examples/*/*.d)

.PHONY: check
CLI_TESTS := $(wildcard tests/cli/*.sh)
# abspath takes a path with a space for two.
BIN_HERE   = "$$(cd '$(O)' && pwd)"
export PROVE_FLAGS ?= --failures
PROVE      = BIN=$(BIN_HERE) AML_CONF=$(CONF) prove --nocolor -j 2 $(PROVE_FLAGS)
check: all $(TESTS) $(FUZZERS) $(O)/faults/misled.so ## unit, command line, golden and corpus tests; no Python, no network
	@$(PROVE) -e '' $(TESTS); unit=$$?; $(PROVE) -e bash $(filter-out $(CLI_NOT:%=tests/cli/%.sh),$(CLI_TESTS)) && exit $$unit

# A part of check: the unit tests into which the function UNITS_WITH is linked, those of the tools into which TOOLS_WITH is,
# and the command line tests CLI_ALSO, but for CLI_NOT.
.PHONY: check-linked
check-linked: all $(TESTS)
	@units=$$(bash tests/linked.sh $(UNITS_WITH) $(TESTS)) && tools=$$(bash tests/linked.sh $(TOOLS_WITH) $(BINS)) && \
	$(MAKE) check FUZZERS= TESTS="$$units" CLI_TESTS="$$(echo $$tools $(CLI_ALSO) | sed -E 's,([^ ]*/aml-)?([a-z_]+),tests/cli/\2.sh,g')"

.PHONY: check-static check-hardened check-asan check-tsan check-valgrind check-faults check-kill check-peers check-browser check-serve check-fedn check-dockerfile check-slurm check-tutorial
check-asan: ## check with address and undefined behaviour sanitizers
	@$(MAKE) CONF=asan check

check-tsan: ## the tests of what starts threads, with thread sanitizer
	@$(MAKE) CONF=tsan UNITS_WITH=threads_new TOOLS_WITH=threads_new check-linked

check-valgrind: all $(TESTS) $(FUZZERS) $(O)/faults/misled.so ## unit and command line tests with valgrind
	@bash tests/valgrind.sh $(O) $(TESTS)

check-faults: all $(FAULT_LIBS) ## every tool where allocations and system calls fail; FAULTS=N injects N of a kind into each job
	@export BIN=$(BIN_HERE) FAULTS=$(FAULTS); all=0; \
	python3 tests/faults/alloc.py $(O)/faults/alloc_fault.so || all=1; \
	python3 tests/faults/calls.py || all=1; \
	python3 tests/faults/short.py $(O)/faults/short_io.so || all=1; exit $$all

MOMENTS   ?= 40
KILL_SEED ?= 1
check-kill: all ## kill jobs by SIGKILL at MOMENTS moments, by SIGTERM and SIGINT at two fifths of them, and run them again; JOBS="train ..." selects jobs
	@BIN=$(BIN_HERE) python3 tests/kill/kill_check.py -n $(MOMENTS) -s $(KILL_SEED) $(JOBS)

check-peers: all ## test against Pillow, numpy, scikit-learn, Keras, ONNX Runtime, OpenVINO, in a separate environment
	@BIN=$(BIN_HERE) sh tests/peers/run.sh

check-browser: all ## test pages of aml-report in a real browser; screenshots and PDF in build/browser
	@BIN=$(BIN_HERE) prove --nocolor $(PROVE_FLAGS) -e bash tests/browser/check.sh :: build/browser

check-hardened: all ## look for what the flags against exploits leave in each tool
	@prove --nocolor $(PROVE_FLAGS) -e bash tests/hardened.sh :: $(O)

check-static: ## gcc's static analysis of libcore and tools
	@bash tests/static.sh

check-serve: all ## test aml-serve behind real web servers: its page in a browser, clients, hostile requests, load
	@BIN=$(BIN_HERE) prove --nocolor $(PROVE_FLAGS) -e bash tests/serve/examples.sh tests/serve/check.sh
	@BIN=$(BIN_HERE) prove --nocolor $(PROVE_FLAGS) -e bash tests/serve/page.sh :: build/serve-page

check-fedn: all ## test in a real FEDn network on this machine, with the tools as its compute package
	@BIN=$(BIN_HERE) prove --nocolor $(PROVE_FLAGS) -e bash tests/fedn/check.sh tests/fedn/server_functions.sh

check-tutorial: all ## run README's tutorial as it is printed
	@BIN=$(BIN_HERE) prove --nocolor $(PROVE_FLAGS) -e bash tests/tutorial.sh

check-dockerfile: ## test the steps of examples/fedn/Dockerfile in bare Debian roots; as root, with debootstrap
	@prove --nocolor $(PROVE_FLAGS) -e bash tests/fedn/dockerfile.sh

check-slurm: all ## test on a real one-node Slurm on this machine; as root
	@BIN=$(BIN_HERE) prove --nocolor $(PROVE_FLAGS) -e bash tests/slurm/check.sh

.PHONY: coverage
COVERAGE_FLOOR ?= 90
coverage: ## line coverage of libcore; fails below COVERAGE_FLOOR percent
	@find build/cov -name '*.gcda' -delete 2>/dev/null || :
	@$(MAKE) CONF=cov check
	@bash tests/coverage.sh build/cov $(COVERAGE_FLOOR)

.PHONY: fuzz fuzz-ci fuzz-keep fuzzers programs
fuzzers: $(FUZZERS)
programs: $(BINS) $(TESTS) $(FUZZERS) $(BENCHES) $(EXPERIMENTS) $(FAULT_LIBS)
fuzz: ## run each fuzz target with libFuzzer for FUZZ_SECONDS (60); findings go to build/fuzz/findings
	@$(MAKE) CONF=fuzz CC=clang fuzzers
	@bash tests/fuzz/run.sh build/fuzz $(or $(FUZZ_SECONDS),60)

fuzz-ci: ## run all fuzz targets side by side, FUZZ_SECONDS (600) for all of them; fails on a finding, or if a corpus reaches less
	@$(MAKE) CONF=fuzz CC=clang fuzzers
	@bash tests/fuzz/ci.sh build/fuzz $(or $(FUZZ_SECONDS),600)

fuzz-keep: ## add what make fuzz learned to the corpora, where it reaches more of the code
	@$(MAKE) CONF=fuzz CC=clang fuzzers
	@bash tests/fuzz/keep.sh build/fuzz

.PHONY: lint
lint: ## layers, style, static analysis, shell scripts, manual pages
	@bash tests/lint.sh

.PHONY: bench
bench: $(BENCHES) ## time kernels, training, inference and files; prints TSV with this machine's peak
	@for b in $(BENCHES); do $$b || exit 1; done | awk '!/^name\t/ || !seen++'

.PHONY: bench-peers
ROUNDS ?= 5
bench-peers: all $(BENCHES) ## time each job against the peers in turn, ROUNDS times; JOBS="train infer ..." selects jobs
	@BIN=$(BIN_HERE) sh tests/peers/bench.sh -r $(ROUNDS) $(JOBS)

.PHONY: demo
demo: all ## run the tutorial on the 600 images of examples/demo-cells
	@BIN=$(BIN_HERE) sh examples/demo.sh

# What git has, or in an unpacked tarball all but build/. Equal trees give equal bytes: names in order, no owners, and one time,
# SOURCE_DATE_EPOCH or that of the last commit.
.PHONY: dist check-dist
DIST := aml-$(VERSION)
dist: ## make the source tarball build/aml-VERSION.tar.gz, the same bytes each time
	@mkdir -p build
	@if [ -e .git ]; then git ls-files -z; else find . -path ./build -prune -o ! -type d -printf '%P\0'; fi | LC_ALL=C sort -z | \
	tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --no-recursion \
		--mtime="@$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 0)}" --transform='s,^,$(DIST)/,' \
		-cf build/$(DIST).tar.new --null --files-from=-
	@gzip -9n <build/$(DIST).tar.new >build/$(DIST).tar.gz.new && rm build/$(DIST).tar.new && mv build/$(DIST).tar.gz.new build/$(DIST).tar.gz
	@echo build/$(DIST).tar.gz

check-dist: ## make the tarball twice, build it in a path with a space, and run some of its tests
	@prove --nocolor $(PROVE_FLAGS) -e bash tests/dist.sh

MAN_PAGES := $(wildcard man/*.[157])
CLINIC    := $(wildcard examples/clinic/*.tsv)
.PHONY: install
install: all ## install tools, manual pages, completion and tables for aml-score to PREFIX
	install -d $(BINDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man7 $(COMPDIR) $(ZSHDIR) $(FISHDIR) $(DATADIR)
	install $(BINS) $(BINDIR)
	for page in $(MAN_PAGES); do install -m 644 $$page $(MANDIR)/man$${page##*.} || exit 1; done
	install -m 644 tools/aml.bash $(COMPDIR)/aml
	install -m 644 tools/_aml $(ZSHDIR)
	install -m 644 tools/aml.fish $(FISHDIR)
	for tool in $(TOOLS); do ln -sf aml $(COMPDIR)/$$tool && ln -sf aml.fish $(FISHDIR)/$$tool.fish || exit 1; done
	install -m 644 $(CLINIC) $(DATADIR)

.PHONY: uninstall
uninstall: ## remove installed files
	rm -f $(TOOLS:%=$(BINDIR)/%) $(TOOLS:%=$(COMPDIR)/%) $(COMPDIR)/aml $(ZSHDIR)/_aml $(FISHDIR)/aml.fish $(TOOLS:%=$(FISHDIR)/%.fish) $(CLINIC:examples/clinic/%=$(DATADIR)/%)
	[ ! -d $(DATADIR) ] || rmdir --ignore-fail-on-non-empty $(DATADIR)
	for page in $(MAN_PAGES); do rm -f $(MANDIR)/man$${page##*.}/$${page#man/}; done

.PHONY: clean
clean: ## remove build/
	rm -rf build
