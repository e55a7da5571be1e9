# `make run` and `make test` need Python 3.11 or newer and nothing else; `make help` lists the rest.

LOCK := requirements.lock
TEST_LOCK := requirements-test.lock
BIN := .venv/bin
# Every package has a ready-made wheel for Linux, macOS and Windows, so nothing is compiled and no package's own code runs on installing;
# all but Spark, which only the tests need: it comes as an archive of Java programs that is packed anew here.
INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-compile
INSTALL_LOCKED := $(INSTALL) --require-hashes --only-binary :all: --no-binary pyspark --requirement
INSTALL_PROJECT := $(INSTALL) --no-deps --no-index --no-build-isolation --editable .
COMPILE_LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"
# One test process a core; the tests of a module stay together, because they share databases that take time to fill. Long modules come
# first, as tests/conftest.py says, and not those of many tests.
PYTEST := $(BIN)/python -m pytest --numprocesses logical --maxprocesses 8 --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-all check lint types imports audit bench signals docs lock upgrade clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 \2/p' Makefile | awk '{ printf "  %s %-8s ", $$1, $$2; $$1 = $$2 = ""; print }'

run: .venv/.installed ## set up, fill an empty database with a made-up authority, open the dashboard on http://localhost:8501
	@$(BIN)/qs133 demo

test: .venv/.installed-test ## set up with a browser, LibreOffice and a PostgreSQL, and run the tests; ARGS="..." goes to pytest
	@$(BIN)/python -m tests.browser.find_browser
	@$(BIN)/python -m tests.office
	@$(PYTEST) $(ARGS)

test-all: ## the same with the long tests: a Spark, kills, full disks, servers that go away while people click, every authority by every grain
	@$(MAKE) test ARGS="--long $(ARGS)"

check: lint types imports audit test ## all that is run before a commit

lint: .venv/.installed-test ## look for mistakes and untidiness
	@$(BIN)/ruff check

types: .venv/.installed-test ## check the types
	@$(BIN)/mypy

imports: .venv/.installed-test ## check that imports run one way
	@$(BIN)/lint-imports

audit: .venv/.installed-test ## ask whether what the dashboard runs on has known vulnerabilities
	@$(BIN)/python -m tests.audit_dependencies

bench: .venv/.installed-test ## measure speed, as ratios against the least that could be done
	@$(BIN)/python -m tests.bench $(filter-out bench,$(MAKECMDGOALS))

signals: bench ## how often process control flags what has not changed: `make bench signals`

docs: .venv/.installed ## write the generated parts of the documentation anew
	@$(BIN)/python -m dashboard.generated_docs

lock: .venv/.installed-test ## put what pyproject.toml asks for into the lock files, keeping the versions that still fit
	@$(COMPILE_LOCK) $(UPGRADE) --extra spark --group build --group test --group lint --output-file $(TEST_LOCK)
	@$(COMPILE_LOCK) $(UPGRADE) --group build --constraint $(TEST_LOCK) --output-file $(LOCK)

upgrade: ## the same with the newest versions
	@$(MAKE) lock UPGRADE=--upgrade

clean: ## remove the environment and whatever the tools left; data/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are files, so that a second `make run` starts at once. An environment left half-made is made anew.
.venv/.created:
	@chosen=''; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then chosen="$$python"; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo 'This needs Python 3.11, 3.12, 3.13 or 3.14, and none is on the path. Install one, or name it: make PYTHON=/path/to/python3' >&2; exit 1; \
	fi; \
	if ! "$$chosen" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$chosen lacks the venv module. Install the package that has it, on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "Making the environment in .venv with $$("$$chosen" --version)"; \
	"$$chosen" -m venv --clear .venv
	@touch $@

.venv/.installed: .venv/.created $(LOCK) pyproject.toml
	@echo 'Installing what the dashboard needs (a minute or so, the first time)'
	@$(INSTALL_LOCKED) $(LOCK)
	@$(INSTALL_PROJECT)
	@touch $@

.venv/.installed-test: .venv/.created $(TEST_LOCK) pyproject.toml
	@echo 'Installing what the dashboard and its tests need (a minute or so, the first time)'
	@$(INSTALL_LOCKED) $(TEST_LOCK)
	@$(INSTALL_PROJECT)
	@touch $@ .venv/.installed
