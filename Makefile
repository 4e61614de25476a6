# What people do here; `make` alone lists it. Each target says what it lacks and how to get it.
.DEFAULT_GOAL := help
.PHONY: help demo test check docs install bench release-build
export PATH := $(CURDIR)/target/tools/bin:$(PATH)

VERSION  = $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
PLATFORM = $(shell terraform version -json | sed -n 's/.*"platform": "\(.*\)".*/\1/p')
PLUGINS  = $(HOME)/.terraform.d/plugins/registry.terraform.io/m365/m365/$(VERSION)/$(PLATFORM)
TARGET   = $(or $(CARGO_TARGET_DIR),target)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Deploy, repair, import and destroy an identity infrastructure on a local Graph
	@scripts/need cargo terraform curl
	@scripts/demo

test: ## Run all tests, those with the real terraform included
	@scripts/need cargo terraform
	cargo test

check: ## Format, lints, documentation, licences, layering, stale pages
	@scripts/need cargo cargo-deny
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items
	cargo deny check licenses bans sources
	cargo test --test tests -- tidy:: docs::

docs: ## Write docs/ from the declarations
	@scripts/need cargo
	UPDATE_DOCS=1 cargo test --quiet --test tests -- --nocapture docs::pages

install: release-build ## Put the provider where any configuration on this machine finds it
	@scripts/need terraform
	mkdir -p $(PLUGINS)
	install -m 755 $(TARGET)/release/terraform-provider-m365 $(PLUGINS)/terraform-provider-m365_v$(VERSION)

bench: ## Measure time, memory and requests, beside what is promised
	@scripts/need cargo terraform
	@scripts/bench

release-build: ## Build the provider as it is released: optimised, without the local Graph
	@scripts/need cargo
	cargo build --release --locked --no-default-features --bin terraform-provider-m365
