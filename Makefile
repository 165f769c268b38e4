# One command each. `setup` makes .venv with the first Python >= 3.11 that runs; the others call it first.
# `run` needs less than the rest: its part of the setup comes without what tests and checks take.
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.setup-run
STAMP := $(VENV)/.setup
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: setup run test check docs image release-check eval bench soak studio pictures format clean

setup: $(STAMP)

$(RUNS): pyproject.toml constraints.txt
	@set -e; for python in "$$PYTHON" python3.13 python3.12 python3; do \
	  if [ -n "$$python" ] && "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found="$$python"; break; fi; done; \
	if [ -z "$$found" ]; then echo "Python 3.11 or newer is needed: set PYTHON to one" >&2; exit 1; fi; \
	echo "Setting up $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV)
	$(INSTALL) -e .
	@# Some environments install without bytecode: the first start would pay for it.
	@$(BIN)/python -m compileall -q $(VENV)/lib graph server prompts >/dev/null 2>&1 || true
	@touch $(RUNS)

$(STAMP): $(RUNS)
	$(INSTALL) -e '.[dev]'
	@touch $(STAMP)

run: $(RUNS)
	$(BIN)/financial-agent serve

# Most tests wait for something: two processes of them take little more than half the time of one. Files come
# in their order: those of few, long tests would come last otherwise, and one process would wait for the other.
test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/check.py
	$(BIN)/python .ci/audit.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

image: setup
	docker build -t financial-agent/backend:$$($(BIN)/python -c 'import server; print(server.__version__)') .

release-check: setup
	$(BIN)/python .ci/release_check.py

bench: setup
	$(BIN)/python -m bench

# Minutes and clients: make soak MINUTES=30 CLIENTS=40
soak: setup
	$(BIN)/python -m bench.soak --minutes $(or $(MINUTES),2) --clients $(or $(CLIENTS),12)

eval: setup
	$(BIN)/python -m evals
	$(BIN)/python -m evals.sections

studio: setup
	LANGGRAPH_CLI_NO_ANALYTICS=1 $(BIN)/langgraph dev --no-browser

pictures: setup
	$(BIN)/python docs/pictures.py

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .langgraph_api build dist
