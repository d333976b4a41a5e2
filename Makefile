# From a fresh checkout: `make run`, `make test`. Everything is set up in .venv.

PYTHON ?= python3
WORKERS ?= 3
BIN := .venv/bin
HERE := loadtest/peers
NODE := clients/node_modules/.package-lock.json
BUILT := server/onethread/built/demo/index.html
# Settings (PORT, ONETHREAD_DATA, …) reach the server from the environment or from make's command line.

.PHONY: run test check bench bench-peers clean

# The server with the demo organization; http://127.0.0.1:8000 unless PORT says otherwise, data in ./data.
run: .venv/installed
	@if sh .ci/has-node; then $(MAKE) --no-print-directory $(BUILT); else echo 'make: without it there is no widget' >&2; fi
	@exec $(BIN)/onethread serve --demo

# Everything that is checked, then all tests. The clients' build fails when a file has grown too heavy. Half of its time a
# test waits, so three at once keep two cores busy; with more cores, `make test WORKERS=6`.
test: check $(BUILT)
	@sh .ci/install-chromium
	cd clients && npm run --silent test
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

check: .venv/developed $(NODE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	cd clients && npm run --silent check

# Every scenario of loadtest/ in turn, some minutes; prints the figures and where the report is. BENCH takes others, and
# options: make bench BENCH='flood --threads 3000'.
bench: .venv/developed
	$(BIN)/python -m loadtest $(or $(BENCH),flood steady storm return idle hot slow wide growth kept hubs)

# The same job by Socket.IO on Node, a Go hub, python-socketio and Django Channels, under the same load in turn, some
# half an hour; prints and draws the ratios. PEERS takes options: make bench-peers PEERS='--trials small --rounds 1'.
bench-peers: .venv/peers $(HERE)/socketio_node/node_modules/.package-lock.json $(HERE)/go_hub/hub
	$(BIN)/python -m loadtest.peers $(PEERS)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis $(HERE)/socketio_node/node_modules $(HERE)/go_hub/hub \
	  clients/node_modules clients/*/dist server/onethread/built

.venv/installed: pyproject.toml .venv/made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[chat]'
	@touch $@

.venv/developed: pyproject.toml .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

.venv/peers: pyproject.toml .venv/developed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[peers]'
	@touch $@

# What browsers are served: in the wheel if it is there.
$(BUILT): $(NODE) $(shell find clients/*/src clients/widget/demo clients/console/public clients/console/index.html \
  clients/*.ts clients/*/*.ts clients/*/package.json -type f)
	cd clients && npm run --silent build
	@touch $@

$(NODE): clients/package-lock.json
	@sh .ci/install-node-modules
	@touch $@

# Whoever lacks Node or Go compares with the others.
$(HERE)/socketio_node/node_modules/.package-lock.json: $(HERE)/socketio_node/package-lock.json
	@if command -v npm >/dev/null; then cd $(HERE)/socketio_node && npm ci --no-audit --no-fund --loglevel error; \
	else echo 'make: there is no npm: Socket.IO on Node is left out' >&2; fi

$(HERE)/go_hub/hub: $(wildcard $(HERE)/go_hub/*.go) $(HERE)/go_hub/go.mod $(HERE)/go_hub/go.sum
	@if command -v go >/dev/null; then cd $(HERE)/go_hub && go build -o hub .; \
	else echo 'make: there is no go: the Go hub is left out' >&2; fi

.venv/made:
	@PYTHON="$(PYTHON)" sh .ci/make-venv
	@echo 'make: installing what Onethread needs into .venv'
	@touch $@
