# Needs Python 3.11 or newer and make alone; everything else is installed into .venv. CONTRIBUTING has the plain commands.
PYTHON ?= python3
ADDRESS ?= 127.0.0.1:8000
# Dependency groups of pyproject.toml. With `oracles` and `browser` too, no test is skipped.
GROUPS ?= test docs
BIN = .venv/bin
# Or the theme announces its end of life at every build. Its successor, Zensical, builds the book in the tests.
export NO_MKDOCS_2_WARNING = 1

PACKAGES = .venv/$(subst $() ,-,$(sort $(GROUPS))).stamp

.PHONY: help serve test book bench

help:
	@echo "make serve    build the book and serve it at http://$(ADDRESS)/"
	@echo "make test     run every test: doctests, equations, the book's build"
	@echo "make book     build the book into site/"
	@echo "make bench    measure speed and scaling, and write the tables of their pages"

serve: .venv/book.stamp
	$(BIN)/python -m mkdocs serve --dev-addr $(ADDRESS)

test: .venv/book.stamp
	$(BIN)/python -m pytest

book: .venv/book.stamp
	$(BIN)/python -m mkdocs build --strict

bench: GROUPS = test docs oracles
bench:
	$(MAKE) .venv/book.stamp GROUPS="$(GROUPS)"
	$(BIN)/python tests/benchmarks/speed.py --write docs/how-fast.md
	$(BIN)/python tests/benchmarks/scaling.py --write docs/distributed.md

# pip learns of dependency groups with 25.1, and a fresh environment may have an older one.
$(PACKAGES): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . $(addprefix --group ,$(GROUPS))
	@touch $@

# KaTeX and the typeface, with the npm that came as a Python wheel.
.venv/book.stamp: $(PACKAGES) .site/package.json .site/package-lock.json .site/book/assets.py
	cd .site && ../$(BIN)/npm ci
	$(BIN)/python -m book.assets
	@touch $@
