# Two commands do all their own set-up:  make demo  and  make test
# They need Python 3.10 to 3.13 and nothing else. Windows: see README.md, which gives the same steps without make.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
HOSTS   = build/hosts
DEMO   ?= build/demo
EXPERIMENT ?= build/experiment

.PHONY: demo experiment test test-hosts browser gradios lint install clean help

help:
	@echo "make demo   the whole job on game screenshots: data set, LoRA, samples, report (build/demo/crafter/report.html)"
	@echo "make experiment  does data-set design teach the grid? 30 trainings and ablations, hours on two cores (build/experiment/results.md)"
	@echo "make test   all tests and checks"
	@echo "make test-hosts  the tests that run in other programs: InvokeAI, the Gradio of A1111 and Forge, comfy-cli; installs them into build, 4 GB (Python 3.11 or 3.12)"
	@echo "make lint   format, lint and types alone"
	@echo "make clean  remove .venv and build"

# The stamp holds until a dependency changes, so that a second call starts at once.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,dev]'
	touch $@

install: $(VENV)/installed

demo: install
	$(BIN)/unipixel demo $(DEMO)

experiment: install
	$(BIN)/python experiments/one_grid/run.py $(EXPERIMENT)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The studio's page is tested in Chromium; where there is none, Debian's is installed, or the tests say what is missing.
browser:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || test -n "$(CHROMIUM)" \
	|| ! command -v apt-get || test "$$(id -u)" != 0 \
	|| (apt-get update -qq && apt-get install -qq --yes --no-install-recommends chromium)

# The web UIs' own Gradio, A1111's and Forge's, each with the numpy and Pillow beside it: tests open UniPixel's panel in
# them. A minute and 320 MB each, once. Python 3.13 has none of them, as it has no A1111; the tests say so.
gradios: build/gradio-3.41.2/installed build/gradio-4.40.0/installed

build/gradio-%/installed: tests/integrations/webui/gradio-%.txt
	@if $(PYTHON) -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then \
		$(PYTHON) -m venv --clear $(@D) && \
		$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --requirement $< && touch $@; \
	fi

# One process more than there are cores, for browsers and servers let them wait.
test: lint browser
	$(BIN)/python -m pytest --dist worksteal --numprocesses $$($(BIN)/python -c 'import os; print(os.cpu_count() + 1)')

# Real host programs, and comfy-cli for ComfyUI, each in an environment of its own, which holds until its list of packages
# changes.
$(HOSTS)/%/installed: tests/integrations/%/requirements.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --requirement $<
	touch $@

test-hosts: install browser gradios $(HOSTS)/invokeai/installed $(HOSTS)/comfyui/installed
	$(BIN)/python -m pytest --numprocesses 0 -m host tests/integrations

clean:
	rm -rf $(VENV) build
