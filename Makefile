# What a contributor runs; `make` alone lists it. Variables are set like this: make test SWIFT=/opt/swift/bin/swift

SWIFT      ?= swift
# Archives of what the Swift runtime stands on itself, see Tests/Support/static-runtime.
runtime    := $(CURDIR)/.build/static-runtime
# Release builds bring the Swift runtime along, so that the program runs where no Swift is installed. Libraries are not
# looked for beside the program.
BUILDFLAGS ?= -c release --static-swift-stdlib --disable-local-rpath -Xlinker "-L$(runtime)"
# For example TESTFLAGS='--filter StoreTests'.
TESTFLAGS  ?=
# For example BENCHFLAGS='--rounds 200'.
BENCHFLAGS ?=
# 0: never install anything with apt, say what is missing instead.
APT        ?= 1

export SWIFT APT

sources := Package.swift Sources Tests

.DEFAULT_GOAL := help
.PHONY: help prepare build quickstart test bench lint format man clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

prepare: ## see to Swift, and install OpenSSL's headers if they are missing (APT=0: only say so)
	@Tests/Support/prepare

$(runtime):
	@Tests/Support/static-runtime "$@"

build: prepare $(runtime) ## build .build/release/adr
	$(SWIFT) build $(BUILDFLAGS) --product adr

quickstart: build ## show the whole flow in a store that is thrown away afterwards
	@Tests/Support/quickstart "$$($(SWIFT) build $(BUILDFLAGS) --show-bin-path)/adr"

test: build lint ## run everything that must pass: release build, style, all tests
	@ADR_BINARY="$$($(SWIFT) build $(BUILDFLAGS) --show-bin-path)/adr" Tests/Support/run-tests $(TESTFLAGS)

bench: build ## measure start-up and issuing beside openssl and others; nothing is asserted
	@ADR_BINARY="$$($(SWIFT) build $(BUILDFLAGS) --show-bin-path)/adr" \
		Tests/Bench/run "--link=-L$(runtime)" $(BENCHFLAGS)

lint: ## check the style
	$(SWIFT) format lint --strict -r $(sources)

format: ## mend the style
	$(SWIFT) format -i -r $(sources)

man: prepare ## write the manual pages anew, after a change of a command or of Sources/ManPages
	$(SWIFT) run ManPages Sources/ManPages/Prose man

clean: ## remove what was built
	$(SWIFT) package clean
