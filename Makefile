# Refchain.  `make run` sets up, builds and runs the course; `make test` the tests;
# `make help` lists the rest.
#
# Settings: override on the command line, as in
#     make CC=clang SAN=address BUILD=build/asan test
CC       = gcc
CFLAGS   = -O3 -g
SAN      =
BUILD    = build
JOBS     = $(shell nproc 2>/dev/null || echo 1)
SECONDS  = 60
SEED     = $(shell date +%s)
PYTHON   =
OPERATIONS =
FACT     =
BEFORE   =
ROW      =
QUICK    =
PEERS    =
QUICKJS  =
RECORD   =

# == Nothing below needs changing. =================================================

# what the program and its tests need, and what `make check` needs besides
PACKAGES = liblua5.4-dev lua-unit lua-argparse lua-dkjson libedit-dev libmd-dev zlib1g-dev \
           libsqlite3-dev pkg-config
CHECKERS = lua-check cppcheck valgrind
# of use if it is there, and never needed: graphviz, which arranges the objects of heap.svg

WARN       = -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
             -Wwrite-strings -Wvla
LUA_FLAGS  = $(shell pkg-config --cflags lua5.4 2>/dev/null)
LUA_LIBS   = $(shell pkg-config --libs lua5.4 2>/dev/null)
LUA_FOLDER = $(shell pkg-config --variable=libdir lua5.4 2>/dev/null)
EDIT_FLAGS = $(shell pkg-config --cflags libedit 2>/dev/null)
EDIT_LIBS  = $(shell pkg-config --libs libedit 2>/dev/null)
SQL_FLAGS  = $(shell pkg-config --cflags sqlite3 2>/dev/null)
SQL_LIBS   = $(shell pkg-config --libs sqlite3 2>/dev/null)
# Functions begin with a line of the cache: how fast one is does not depend on what is linked
# before it (a tuple of 2 made and dropped: 4.9 ns, and elsewhere 6.3).
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS) $(SAN:%=-fsanitize=%) -Iinclude \
             -fPIC -fvisibility=hidden -falign-functions=64 -MMD -MP
ALL_LDFLAGS = $(LDFLAGS) $(SAN:%=-fsanitize=%)

objects    = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)/*.c))
HEAP      := $(call objects,src/heap) $(call objects,src/trace)
BINDING   := $(call objects,src/binding)
LAB       := $(call objects,src/lab)
LUA_FILES := $(sort $(wildcard lua/*/*.lua lua/*/*/*.lua))
PAGE_FILES := $(sort $(wildcard lua/*/*.js lua/*/*.css))
HEAP_TEST_SUPPORT := $(BUILD)/obj/tests/support/check.o $(BUILD)/obj/tests/support/view.o
HEAP_TESTS := $(patsubst tests/heap/%.c,$(BUILD)/tests/%,$(wildcard tests/heap/test_*.c))

PROGRAM   = $(BUILD)/refchain
LIBRARY   = $(BUILD)/librefchain.a
CORE      = $(BUILD)/lua/refchain/core.so

.DEFAULT_GOAL := all
.PHONY: all help setup run book test check check-all fuzz mutants coverage clean library verify-python
.PHONY: bench bench-instructions bench-ledger

help:
	@echo 'make run       set up, build, run every scenario of the course'
	@echo 'make test      set up, build, run the tests'
	@echo 'make           build $(PROGRAM), $(LIBRARY) and $(CORE)'
	@echo 'make book      the course as a book to step through: $(BUILD)/book/index.html'
	@echo 'make check     linters, layers, instructions; the tests with sanitizers, a part under valgrind; fuzzing'
	@echo 'make check-all the same; more under valgrind; the stress build; long fuzzing; mutants; a browser'
	@echo 'make fuzz      random input for SECONDS=60 each, with SEED=n again the same'
	@echo 'make verify-python  random traces: recorded on the python3 here, or PYTHON=path[,path...], replayed'
	@echo '               by this heap, SECONDS=60 or OPERATIONS=n for each; SEED=n again the same'
	@echo 'make bench     speed beside other interpreters, against the goals: python3, PYTHON=path[,path...], Lua,'
	@echo '               QUICKJS=folder; ROW=pattern, PEERS=name[,name...], QUICK=1 for two minutes,'
	@echo '               RECORD=1 to keep the pictures'
	@echo 'make bench-instructions  instructions per object made and destroyed; RECORD=1 to keep them'
	@echo 'make mutants   falsify each documented fact, one at a time: which trace or test notices'
	@echo 'make bench-ledger  what the ledger costs; BEFORE=path of another build to compare with'
	@echo 'make coverage  which part of each source file the tests run'
	@echo 'make library   build $(LIBRARY) alone (needs a C compiler only)'
	@echo 'make setup     install the packages that are missing'
	@echo 'make clean     remove everything built'

# -- setting up ------------------------------------------------------------------------

setup:
	@sh tests/support/setup.sh $(PACKAGES)

# The parts below ask pkg-config, so they are made by a make of their own.
run: setup
	@$(MAKE) --no-print-directory -j $(JOBS) all
	@$(PROGRAM) run scenarios
	@echo "The shell: $(PROGRAM)"

book: setup
	@$(MAKE) --no-print-directory -j $(JOBS) all
	@$(PROGRAM) report scenarios -o $(BUILD)/book/

test: setup
	@$(MAKE) --no-print-directory -j $(JOBS) all tests
	@sh tests/support/run_tests.sh $(BUILD)

# What `make test` does not: sanitizers, valgrind, linters, layers.
check:
	@sh tests/support/setup.sh $(PACKAGES) $(CHECKERS)
	@sh tests/support/check.sh $(JOBS)

# Takes two hours.
check-all:
	@sh tests/support/setup.sh $(PACKAGES) $(CHECKERS)
	@sh tests/support/check.sh $(JOBS) all

fuzz:
	@$(MAKE) --no-print-directory -j $(JOBS) BUILD=$(BUILD)/fuzz SAN=address,undefined \
	    CFLAGS="-O2 -g" fuzzers
	@sh tests/fuzz/run.sh $(BUILD)/fuzz $(SECONDS) $(SEED)

# Needs a CPython with its development files, and skips without one.
verify-python: setup
	@$(MAKE) --no-print-directory -j $(JOBS) all $(BUILD)/tests/lua
	@CC="$(CC)" REFCHAIN=$(PROGRAM) $(BUILD)/tests/lua tests/verify/verify.lua \
	    "$(BUILD)" "$(PYTHON)" "$(SECONDS)" "$(OPERATIONS)" "$(SEED)"

# Takes half an hour with two peers; QUICK=1: two minutes.  RECORD=1: the pictures become
# those of the README.
bench: setup
	@$(MAKE) --no-print-directory -j $(JOBS) all benchmark
	@CC="$(CC)" CFLAGS="$(CFLAGS)" REFCHAIN=$(PROGRAM) $(BUILD)/tests/lua tests/bench/bench.lua --build "$(BUILD)" \
	    --row "$(ROW)" --peers "$(PEERS)" --python "$(PYTHON)" --quickjs "$(QUICKJS)" $(QUICK:%=--quick)
	@$(if $(RECORD),cp $(BUILD)/bench/goals.svg $(BUILD)/bench/growth.svg tests/bench/)

# Needs valgrind, and skips without it.  RECORD=1: what is counted becomes the record.
bench-instructions: setup
	@$(MAKE) --no-print-directory -j $(JOBS) benchmark
	@$(BUILD)/tests/lua tests/bench/instructions.lua --build "$(BUILD)" $(RECORD:%=--record)

# Takes an hour.  FACT=text: only those whose line contains it.
mutants: setup
	@$(MAKE) --no-print-directory -j $(JOBS) all $(BUILD)/tests/lua
	@LUA_PATH="$(BUILD)/lua/?.lua;$(BUILD)/lua/?/init.lua;;" LUA_CPATH="$(BUILD)/lua/?.so;;" \
	    $(BUILD)/tests/lua tests/mutants/run.lua $(BUILD)/mutants $(JOBS) "$(FACT)"

# BEFORE=path: compare with another build of the program, too.
bench-ledger: setup
	@$(MAKE) --no-print-directory -j $(JOBS) $(PROGRAM)
	@sh tests/bench/ledger.sh $(PROGRAM) $(BEFORE)

coverage: setup
	@$(MAKE) --no-print-directory -j $(JOBS) BUILD=build/coverage CFLAGS="-O0 -g --coverage" \
	    LDFLAGS=--coverage all tests
	@sh tests/support/coverage.sh build/coverage

all: $(PROGRAM) $(LIBRARY) $(CORE)

library: $(LIBRARY)

# -- building --------------------------------------------------------------------------

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(EXTRA) -c $< -o $@

$(BINDING): EXTRA = $(LUA_FLAGS)
$(LAB): EXTRA = $(LUA_FLAGS) $(EDIT_FLAGS) $(SQL_FLAGS)

# One object with the library's own names made local, so that a program that links it
# meets only those that begin with rc_.
$(LIBRARY): $(HEAP)
	@mkdir -p $(@D)
	ld -r -o $(BUILD)/obj/librefchain.o $^
	objcopy --localize-hidden $(BUILD)/obj/librefchain.o
	rm -f $@
	ar rcs $@ $(BUILD)/obj/librefchain.o

# Lua's static library, where there is one: a scenario runs 20 % faster than through a
# shared one's tables of addresses.  All of it, and visible: modules in C may need any part.
LUA_WHOLE = $(patsubst %,-Wl$(,)--whole-archive % -Wl$(,)--no-whole-archive -ldl,\
                $(wildcard $(LUA_FOLDER)/liblua5.4.a))
, := ,

$(PROGRAM): $(LAB) $(BINDING) $(HEAP) $(BUILD)/obj/embedded.o
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(or $(LUA_WHOLE),$(LUA_LIBS)) $(EDIT_LIBS) $(SQL_LIBS) -lmd -lresolv \
	    -lz -lm -Wl,-E

# The Lua module for any Lua 5.4, with the Lua files beside it.
$(CORE): $(BINDING) $(HEAP) $(LUA_FILES)
	@mkdir -p $(@D)
	cp -R lua/refchain/. $(@D)
	$(CC) -shared $(ALL_LDFLAGS) -o $@ $(BINDING) $(HEAP) -lm

# Every Lua file as text in the program, and what its pages are made of.
$(BUILD)/embedded.c: $(LUA_FILES) $(PAGE_FILES) tests/support/embed.sh Makefile
	@mkdir -p $(@D)
	sh tests/support/embed.sh $(LUA_FILES) $(PAGE_FILES) > $@

$(BUILD)/obj/embedded.o: $(BUILD)/embedded.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Isrc/lab -c $< -o $@

# -- tests ------------------------------------------------------------------------------

.PHONY: tests
tests: $(HEAP_TESTS) $(BUILD)/tests/lua $(BUILD)/tests/use_after_free benchmark

$(BUILD)/tests/test_%: $(BUILD)/obj/tests/heap/test_%.o $(HEAP_TEST_SUPPORT) $(HEAP)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lm -lz

$(BUILD)/tests/use_after_free: $(BUILD)/obj/tests/heap/use_after_free.o $(HEAP)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lm

$(BUILD)/tests/lua: $(BUILD)/obj/tests/support/lua.o
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LUA_LIBS) -lm -Wl,-E

$(BUILD)/obj/tests/support/lua.o: EXTRA = $(LUA_FLAGS)

# -- benchmark --------------------------------------------------------------------------

.PHONY: benchmark
benchmark: $(BUILD)/bench/ours $(BUILD)/bench/lua $(BUILD)/tests/lua

# The same works, by our library and by Lua's.
$(BUILD)/obj/tests/bench/%.o: tests/bench/work.c tests/bench/peers/%.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DPEER='"peers/$*.h"' $(LUA_FLAGS) -c $< -o $@

$(BUILD)/bench/ours: $(BUILD)/obj/tests/bench/ours.o $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lm

$(BUILD)/bench/lua: $(BUILD)/obj/tests/bench/lua.o
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(or $(LUA_WHOLE),$(LUA_LIBS)) -lm

# -- fuzzing ----------------------------------------------------------------------------

# clang brings a fuzzer along; where there is none, ours is told of the code reached.
ifeq ($(shell $(CC) --version 2>/dev/null | grep -c clang),0)
FUZZ_CFLAGS = -fsanitize-coverage=trace-pc
FUZZER      = $(BUILD)/obj/tests/fuzz/standalone.o
else
FUZZ_CFLAGS  = -fsanitize=fuzzer-no-link
FUZZ_LDFLAGS = -fsanitize=fuzzer
endif
FUZZERS = $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: fuzzers
fuzzers: EXTRA = $(FUZZ_CFLAGS)
fuzzers: $(FUZZERS)

# this one is in parts: its worlds, and what it does to them
$(BUILD)/fuzz_heap: $(call objects,tests/fuzz/heap)

$(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(FUZZER) $(HEAP)
	$(CC) $(ALL_LDFLAGS) $(FUZZ_LDFLAGS) -o $@ $^ -lm

# the fuzzer itself, and what checks and does not change
$(BUILD)/obj/tests/fuzz/standalone.o $(BUILD)/obj/src/heap/verify.o: FUZZ_CFLAGS =

clean:
	rm -rf $(BUILD)

.SECONDARY:
-include $(wildcard $(BUILD)/obj/*/*/*.d $(BUILD)/obj/*/*/*/*.d)
