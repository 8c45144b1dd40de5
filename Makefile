# livewatcher: build, demonstrate, test, install. Every target installs what it needs first (Debian packages, once).
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
CC ?= gcc
FUZZ_SECONDS ?= 600
CONFIGURATION := Release
NATIVE := artifacts/native
PUBLISH := artifacts/publish/livewatcher
BINARY := $(PUBLISH)/livewatcher
DOTNET_FLAGS := -c $(CONFIGURATION) -v quiet --nologo

GUARD_SOURCES := $(wildcard native/guard/*.c native/guard/arming/*.c native/guard/traps/*.c native/probe/*.c)
GUARD_HEADERS := $(wildcard native/guard/*.h native/guard/arming/*.h native/guard/traps/*.h native/probe/*.h) bpf/watch_event.h
GUARD_OBJECTS := $(GUARD_SOURCES:native/%.c=$(NATIVE)/%.o)
GUARD_FLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -fPIC -Inative/guard -Inative/guard/arming -Inative/guard/traps -Inative/probe -Ibpf
BPF_OBJECTS := $(patsubst bpf/%.c,$(NATIVE)/%.o,$(wildcard bpf/*.bpf.c))
LIBRARY_MAKE = $(MAKE) --no-print-directory -C native/liblivewatcher CC=$(CC) OUT=$(CURDIR)/$(NATIVE)/liblivewatcher
PAGE_SOURCE := src/Livewatcher.Render/Html/page
PAGE_FILES := $(shell find $(PAGE_SOURCE) -type f 2>/dev/null)
PAGE := artifacts/page/report.head.html artifacts/page/report.tail.html
CSHARP := $(shell find src -name '*.cs' -o -name '*.csproj' 2>/dev/null) Directory.Build.props Directory.Packages.props

.PHONY: build library demo test test-slow test-kernels fuzz soak bench microbench install uninstall clean packages samples help

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

packages: ## Install the Debian packages that building and testing need (idempotent)
	@tools/install-packages.sh

build: $(BINARY) ## Build the native binary

$(NATIVE)/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h) | packages
	@mkdir -p $(@D)
	clang -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Ibpf -I/usr/include/x86_64-linux-gnu -Wall -Werror -c $< -o $@
	llvm-strip -g $@

$(NATIVE)/%.o: native/%.c $(GUARD_HEADERS) | packages
	@mkdir -p $(@D)
	$(CC) $(GUARD_FLAGS) -c $< -o $@

$(NATIVE)/liblwguard.a: $(GUARD_OBJECTS)
	@rm -f $@
	ar rcs $@ $^

# For tests that run under the JIT.
$(NATIVE)/liblwguard.so: $(GUARD_OBJECTS)
	$(CC) -shared -o $@ $^

# The page of "report --format html", which room Render embeds. npm works beside the sources, not among them.
artifacts/page/node_modules/.done: $(PAGE_SOURCE)/package.json $(PAGE_SOURCE)/package-lock.json $(PAGE_SOURCE)/.npmrc | packages
	@mkdir -p artifacts/page
	cp $^ artifacts/page/
	cd artifacts/page && npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

$(PAGE) &: $(PAGE_FILES) artifacts/page/node_modules/.done
	cp $(PAGE_SOURCE)/build.mjs artifacts/page/
	cd artifacts/page && node build.mjs $(CURDIR)/$(PAGE_SOURCE) .

$(BINARY): $(BPF_OBJECTS) $(NATIVE)/liblwguard.a $(NATIVE)/liblwguard.so $(PAGE) $(CSHARP)
	@echo "building livewatcher (native AOT, about a minute)"
	dotnet publish src/Livewatcher.Cli $(DOTNET_FLAGS) -o $(PUBLISH)
	@touch $@

# liblivewatcher has a Makefile of its own: whoever wants it alone needs no more than a C compiler.
library: packages ## Build liblivewatcher, the library for programs that watch themselves
	@$(LIBRARY_MAKE)

samples: library ## Build the sample programs
	@$(MAKE) --no-print-directory -C samples

demo: $(BINARY) samples ## Find the line that overruns a buffer in a running program
	@samples/overrun/demo.sh $(BINARY)

test: $(BINARY) samples ## Run all tests that belong to every change
	@tools/run-tests.sh $(BINARY)

test-slow: $(BINARY) samples ## Run the long tests as well (about an hour)
	@LW_SLOW=1 tools/run-tests.sh $(BINARY)

test-kernels: $(BINARY) library ## Run the core of the Exact lane on a second kernel, of Debian's backports where they are to be had
	@tests/Exact/run-kernels.sh $(BINARY)

# Room Linux embeds the BPF objects, Render the page.
fuzz: $(BPF_OBJECTS) $(PAGE) ## Fuzz what reads others' bytes, 10 minutes for each of 5 targets (FUZZ_SECONDS=60 makes it short)
	@tools/install-packages.sh fuzz
	@status=0; for target in elf expression record recording wire; do tests/Fuzz/run.sh $$target $(FUZZ_SECONDS) || status=1; done; exit $$status

bench: $(BINARY) ## Measure against the counting-only event and other tools, into docs/benchmarks.md (QUICK=1: fewer rounds, into artifacts/bench)
	@tools/install-packages.sh bench
	@dotnet build tests/Bench $(DOTNET_FLAGS)
	@dotnet build tests/Recording.Load $(DOTNET_FLAGS)
	@tests/Bench/run.sh $(BINARY) $(if $(QUICK),--quick)

# Rooms Linux and Render embed what is built for them.
microbench: $(BPF_OBJECTS) $(PAGE) ## Measure decoding, unwinding, names, expressions and writing by themselves, into artifacts/microbench (QUICK=1: three rounds)
	@dotnet build tests/MicroBench $(DOTNET_FLAGS)
	@artifacts/bin/Livewatcher.MicroBench/release/Livewatcher.MicroBench artifacts/microbench $(if $(QUICK),--quick) $(if $(FILTER),--filter '$(FILTER)')

# How long "make soak" lasts.
SOAK_SECONDS := 3600

soak: $(BINARY) ## Random programs, watches and faults, for SOAK_SECONDS (an hour)
	@dotnet build tests/Soak $(DOTNET_FLAGS)
	@tests/Soak/run.sh $(BINARY) --seconds $(SOAK_SECONDS)

# Manual pages and completion scripts are made by the binary, from the definitions of its --help.
SHARE := $(DESTDIR)$(PREFIX)/share
MANUAL := livewatcher.1 $(patsubst %,livewatcher-%.1,run attach listen ctl report diff check doctor completion man)
UNITS := $(DESTDIR)$(PREFIX)/lib/systemd/system
COMPLETIONS := bash-completion/completions/livewatcher zsh/site-functions/_livewatcher fish/vendor_completions.d/livewatcher.fish

install: $(BINARY) library ## Install binary, library, manual and completions to PREFIX (default /usr/local)
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/livewatcher
	umask 022 && $(BINARY) man $(SHARE)/man/man1
	umask 022 && mkdir -p $(addprefix $(SHARE)/,$(dir $(COMPLETIONS)))
	umask 022 && $(BINARY) completion bash >$(SHARE)/$(word 1,$(COMPLETIONS))
	umask 022 && $(BINARY) completion zsh >$(SHARE)/$(word 2,$(COMPLETIONS))
	umask 022 && $(BINARY) completion fish >$(SHARE)/$(word 3,$(COMPLETIONS))
	install -d -m 755 $(UNITS)
	umask 022 && for unit in service socket; do sed 's|@PREFIX@|$(PREFIX)|g' packaging/systemd/livewatcher.$$unit.in >$(UNITS)/livewatcher.$$unit; done
	@$(LIBRARY_MAKE) install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

uninstall: ## Remove what install has put there
	rm -f $(DESTDIR)$(PREFIX)/bin/livewatcher $(addprefix $(SHARE)/man/man1/,$(MANUAL)) $(addprefix $(SHARE)/,$(COMPLETIONS)) $(addprefix $(UNITS)/livewatcher.,service socket)
	@$(LIBRARY_MAKE) uninstall PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

clean: ## Remove everything that was built
	rm -rf artifacts
	@$(MAKE) --no-print-directory -C samples clean
