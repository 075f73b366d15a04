# What a contributor runs; `make` alone lists it. Variables are set like this: make bench BENCHFLAGS="--rounds 200"

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
# By how much `make torture` multiplies what tests that draw by chance try; tests read it from the environment.
TORTURE    ?= 20
# 0: never install anything with apt, say what is missing instead.
APT        ?= 1

export SWIFT APT

# Where `make install` puts things; DESTDIR stands before every path, for packagers. AZ_SHIM=1: also under the name az.
PREFIX     ?= /usr/local
DESTDIR    ?=
AZ_SHIM    ?= 0
BINARY     ?= .build/release/adr

sources := Package.swift Sources Tests

.DEFAULT_GOAL := help
.PHONY: help prepare build quickstart test torture bench lint format man install uninstall clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

prepare: ## see to Swift, and install OpenSSL's headers if they are missing (APT=0: only say so)
	@Tests/Support/prepare

$(runtime):
	@Tests/Support/static-runtime "$@"

build: prepare $(runtime) ## build .build/release/adr
	$(SWIFT) build $(BUILDFLAGS) --product adr

quickstart: build ## show the whole flow in a scratch store, which is kept to look around in
	@"$$($(SWIFT) build $(BUILDFLAGS) --show-bin-path)/adr" quickstart

test: build lint ## run everything that must pass: release build, style, all tests
	@ADR_BINARY="$$($(SWIFT) build $(BUILDFLAGS) --show-bin-path)/adr" Tests/Support/run-tests $(TESTFLAGS)

# The suites that have a longer form; TESTFLAGS of one's own choose others.
tortured := LifeTests FaultTests StoreEditTests LostViewTests BulkKillTests
torture: TESTFLAGS := $(or $(TESTFLAGS),$(addprefix --filter ,$(tortured)))
torture: build ## run what draws by chance much longer, with other seeds each time: TORTURE=20 times as much
	@TORTURE='$(TORTURE)' ADR_BINARY="$$($(SWIFT) build $(BUILDFLAGS) --show-bin-path)/adr" \
		Tests/Support/run-tests $(TESTFLAGS)

bench: build ## measure start-up and issuing beside openssl and others; nothing is asserted
	@ADR_BINARY="$$($(SWIFT) build $(BUILDFLAGS) --show-bin-path)/adr" \
		Tests/Bench/run "--link=-L$(runtime)" $(BENCHFLAGS)

lint: ## check the style
	$(SWIFT) format lint --strict -r $(sources)

format: ## mend the style
	$(SWIFT) format -i -r $(sources)

man: prepare ## write the manual pages anew, after a change of a command or of Sources/ManPages
	$(SWIFT) run ManPages Sources/ManPages/Prose man

bindir   := $(DESTDIR)$(PREFIX)/bin
sharedir := $(DESTDIR)$(PREFIX)/share
bash     := $(sharedir)/bash-completion/completions
zsh      := $(sharedir)/zsh/site-functions
fish     := $(sharedir)/fish/vendor_completions.d
mandir   := $(sharedir)/man
# What `make install` puts there besides the program's other name.
placed   := $(bindir)/adr $(bash)/adr $(zsh)/_adr $(fish)/adr.fish \
            $(foreach section,1 5 7,$(addprefix $(mandir)/man$(section)/,$(notdir $(wildcard man/*.$(section)))))

install: ## install what `make build` made, with completions and manual pages, below PREFIX
	@test -x '$(BINARY)' || { echo "there is no $(BINARY) yet: make build" >&2; exit 1; }
	@if [ '$(AZ_SHIM)' = 1 ]; then $(refuse_to_shadow); fi
	install -d '$(bindir)' '$(bash)' '$(zsh)' '$(fish)' $(foreach section,1 5 7,'$(mandir)/man$(section)')
	install -s -m 755 '$(BINARY)' '$(bindir)/adr'
	install -m 644 completions/adr.bash '$(bash)/adr'
	install -m 644 completions/_adr '$(zsh)/_adr'
	install -m 644 completions/adr.fish '$(fish)/adr.fish'
	$(foreach section,1 5 7,install -m 644 man/*.$(section) '$(mandir)/man$(section)' &&) :
	@if [ '$(AZ_SHIM)' = 1 ]; then set -x; ln -sf adr '$(bindir)/az'; fi

uninstall: ## remove what `make install` installed, with the same PREFIX and DESTDIR
	rm -f $(foreach file,$(placed),'$(file)')
	@if $(call is_ours,$(bindir)/az); then set -x; rm '$(bindir)/az'; fi

# A link to an adr beside it, as AZ_SHIM=1 makes it.
is_ours = [ "$$(readlink "$(1)")" = adr ]

define refuse_to_shadow
old_ifs=$$IFS; IFS=:; \
for folder in '$(bindir)' $$PATH; do \
	az="$$folder/az"; \
	if [ -e "$$az" -o -L "$$az" ] && ! $(call is_ours,$$az); then \
		echo "$$az is there, and adr does not take its place: install without AZ_SHIM=1" >&2; exit 1; \
	fi; \
done; IFS=$$old_ifs
endef

clean: ## remove what was built
	$(SWIFT) package clean
