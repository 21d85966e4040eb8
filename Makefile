# Needs Python 3.11 or newer and make alone; everything else is installed into .venv. CONTRIBUTING has the plain commands.
PYTHON ?= python3
ADDRESS ?= 127.0.0.1:8000
# Dependency groups of pyproject.toml. With `oracles` and `browser` too, no test is skipped.
GROUPS ?= test docs
BIN = .venv/bin
# Or the theme announces its end of life at every build. Its successor, Zensical, builds the book in the tests.
export NO_MKDOCS_2_WARNING = 1

PACKAGES = .venv/$(subst $() ,-,$(sort $(GROUPS))).stamp

# Each is a command of its own: make check-links. One that cannot run on this machine says "skip" and why.
GATES = check-ruff check-spelling check-types check-wheel check-actions check-citation check-book check-links check-html check-language check-licences check-zensical check-access
# The interpreters on which check-wheel tries the wheel.
PYTHONS ?= $(PYTHON)

.PHONY: help serve test book bench mutants check $(GATES) docs.zip ready rename

help:
	@echo "make serve    build the book and serve it at http://$(ADDRESS)/"
	@echo "make test     run every test: doctests, equations, the book's build"
	@echo "make book     build the book into site/, with each page as a notebook and as Markdown"
	@echo "make check    run every gate: style, types, wheel, workflows, links, HTML, licences"
	@echo "make mutants  change the library in thousands of small ways, and see whether a test notices"
	@echo "make bench    measure speed and scaling, and write the tables of their pages"
	@echo "make ready    say what publishing still needs, one line each; PUBLISHING.md has the steps"
	@echo "make rename   give the project another address or name: make rename ADDRESS=https://... NAME=..."

serve: .venv/book.stamp
	$(BIN)/python -m website.numpy_in_browser
	$(BIN)/python -m mkdocs serve --dev-addr $(ADDRESS)

test: .venv/book.stamp
	$(BIN)/python -m pytest

book: .venv/book.stamp
	$(BIN)/python -m website.numpy_in_browser
	BOOK_OUTPUTS=1 $(BIN)/python -m mkdocs build --strict
	$(BIN)/python -m website.outputs site

# MNIST=mnist.npz names the digits for the table of one epoch, which else stays as it is.
bench: GROUPS = test docs oracles browser
bench:
	$(MAKE) .venv/book.stamp GROUPS="$(GROUPS)"
	$(BIN)/python tests/benchmarks/speed.py --write docs/use/how-fast.md
	$(BIN)/python tests/benchmarks/unchecked.py --write docs/use/how-fast.md --savings docs/use/fast-pass.md
	test -z "$(MNIST)" || $(BIN)/python tests/benchmarks/epoch.py $(MNIST) --write docs/use/how-fast.md
	PYTHONPATH=. $(BIN)/python tests/benchmarks/layers.py --write docs/layers/speed.md
	PYTHONPATH=. $(BIN)/python tests/benchmarks/convolution_digits.py --write docs/layers/convolution-digits.md
	PYTHONPATH=. $(BIN)/python tests/benchmarks/transformer.py --write docs/layers/transformer.md
	$(BIN)/python tests/benchmarks/scaling.py --write docs/use/distributed.md
	$(BIN)/python tests/benchmarks/live.py --rounds 5 --write website/README.md
	$(BIN)/python tests/benchmarks/live.py --rounds 5 --phone --write website/README.md
	$(BIN)/python tests/benchmarks/live.py --rounds 5 --lighthouse --write website/README.md
	$(BIN)/python tests/benchmarks/writing.py --write website/README.md

# Thousands of runs of the tests, in a clone: an hour or two. It can be stopped, and goes on where it was.
mutants: GROUPS = test docs oracles mutants
mutants:
	$(MAKE) .venv/book.stamp GROUPS="$(GROUPS)"
	test -d .cache/mutants || { git clone --quiet . .cache/mutants && cd .cache/mutants && export PATH="$(CURDIR)/$(BIN):$$PATH" && \
	    cosmic-ray init tests/mutants.toml mutants.sqlite && cr-filter-operators mutants.sqlite tests/mutants.toml && \
	    python tests/mutants.py choose mutants.sqlite; }
	cd .cache/mutants && export PATH="$(CURDIR)/$(BIN):$$PATH" && python tests/mutants.py meet mutants.sqlite && \
	    cr-report --surviving-only --show-diff mutants.sqlite && cr-rate mutants.sqlite

check: .venv/check.stamp
	@$(MAKE) --no-print-directory --keep-going $(GATES)

# $(call gate,COMMAND) prints one line: ok and the last that the command said, or FAIL and all of it.
GATE = mkdir -p .cache && if { $(1); } >.cache/$@.log 2>&1; \
    then grep "^skip" .cache/$@.log || printf 'ok    %-10s %s\n' $(@:check-%=%) "$$(tail -n 1 .cache/$@.log)"; \
    else printf 'FAIL  %s\n' $(@:check-%=%); cat .cache/$@.log; exit 1; fi
NODE = PATH="$(CURDIR)/$(BIN):$$PATH" node
VNU = java -jar website/gates/node_modules/vnu-jar/build/dist/vnu.jar

check-ruff: .venv/check.stamp
	@$(call GATE,$(BIN)/python -m ruff check --output-format concise . && $(BIN)/python -m ruff format --check .)

check-spelling: .venv/check.stamp
	@$(call GATE,$(BIN)/codespell)

check-types: .venv/check.stamp
	@$(call GATE,$(BIN)/python -m mypy --strict backprop && $(BIN)/python -m mypy website && $(BIN)/python -m pyright --pythonpath $(BIN)/python backprop)

check-wheel: .venv/check.stamp
	@$(call GATE,$(BIN)/python website/gates/wheel.py $(PYTHONS))

check-actions: .venv/check.stamp
	@$(call GATE,$(BIN)/actionlint && $(BIN)/zizmor --offline --persona pedantic --no-progress .github)

check-citation: .venv/check.stamp
	@$(call GATE,$(BIN)/cffconvert --validate)

check-book: .venv/check.stamp
	@$(call GATE,BOOK_OUTPUTS=1 $(BIN)/python -m mkdocs build --strict && $(BIN)/python -m website.outputs site)

check-links: check-book
	@$(call GATE,said=$$($(NODE) website/gates/node_modules/linkinator/build/src/cli.js site --recurse --check-fragments \
	    --verbosity error --skip '^https?://(?!(localhost|127\.0\.0\.1)[:/])' 2>&1); status=$$?; echo "$$said"; \
	    test $$status = 0 && ! echo "$$said" | grep -q "scanned 0 links")

check-html: check-book
	@$(call GATE,if java -version; then $(VNU) --skip-non-html --errors-only --filterfile website/gates/html.txt site && \
	    find site -name '*.html' | wc -l | sed 's/$$/ pages/'; else echo "skip  html       the checker needs a Java that is not here"; fi)

check-language: check-book
	@$(call GATE,$(BIN)/python -m website.gates.language site)

check-licences: check-book
	@$(call GATE,$(BIN)/python website/gates/licences.py site)

check-zensical: .venv/check.stamp
	@$(call GATE,$(BIN)/python -m pytest -q -k zensical_builds tests/test_site.py)

check-access: .venv/check.stamp
	@$(call GATE,$(BIN)/python -m pytest -q -k axe tests/test_access.py)

# dist/docs.zip, the book to be read from a disk: links that name files, and every page in one archive.
docs.zip: .venv/book.stamp
	$(BIN)/python -m mkdocs build --strict --no-directory-urls --site-dir .cache/docs
	mkdir -p dist
	$(BIN)/python -m website.outputs.offline .cache/docs dist/$@

ready: .venv/book.stamp
	@$(BIN)/python -m website.publishing.ready

# An address of another length can change how the formatter breaks a line.
rename: $(PACKAGES)
	$(BIN)/python -m website.publishing.rename $(if $(filter-out 127.0.0.1:8000,$(ADDRESS)),--address "$(ADDRESS)") \
	    $(if $(NAME),--name "$(NAME)") $(if $(REPOSITORY),--repository "$(REPOSITORY)")
	$(BIN)/python -m ruff format --quiet .

# pip learns of dependency groups with 25.1, and a fresh environment may have an older one.
$(PACKAGES): pyproject.toml website/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . $(addprefix --group ,$(GROUPS)) --constraint website/requirements.txt
	@touch $@

# KaTeX and the typeface, with the npm that came as a Python wheel.
.venv/book.stamp: $(PACKAGES) website/package.json website/package-lock.json website/prepare.py
	cd website && ../$(BIN)/npm ci
	$(BIN)/python -m website.prepare
	@touch $@

# Of the gates only those who change the book have need.
.venv/check.stamp: .venv/book.stamp website/gates/package.json website/gates/package-lock.json
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group check
	cd website/gates && ../../$(BIN)/npm ci
	@touch $@
