# The tracker from a fresh clone: needs Python 3.11, 3.12 or 3.13, pip and make, nothing else.
#   make up [PORT=8123] [BIND=ADDR] [FOR=SECONDS] [DEMO=no]   run everything, Ctrl-C to stop
#   make test    all behaviour, with a real browser where one can be had
#   make check   lint, format, types, templates, migrations
#   make drill   the same behaviour at full sizes
#   make lock    renew the pinned versions after a change of requirements*.in
.DEFAULT_GOAL := up
.PHONY: up test check drill lock browser
MAKEFLAGS += --no-builtin-rules

VENV := .venv
PYTHON := $(VENV)/bin/python
PORT :=
BIND :=
FOR :=
DEMO :=
UP_OPTIONS := $(if $(PORT),--port $(PORT)) $(if $(BIND),--bind $(BIND)) $(if $(FOR),--for $(FOR)) \
	$(if $(filter no,$(DEMO)),--no-demo)

# Some images have the venv module without its pip, so the system's pip fills the environment;
# without one, the copy that Python carries along does.
INSTALL = if python3 -m pip --python $(PYTHON) --version >/dev/null 2>&1; \
	then set -- python3 -m pip --python $(PYTHON); \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m ensurepip >/dev/null 2>&1; \
	then set -- $(PYTHON) -m pip; \
	else echo "There is no pip: install it (Debian: apt-get install python3-pip) and try again." >&2; exit 1; fi; \
	"$$@" install --disable-pip-version-check --no-input --require-hashes --only-binary=:all: -r

up: $(VENV)/.up-to-date
	@exec $(PYTHON) manage.py up $(UP_OPTIONS)

# The environment is made by the first Python found that fits. A moved or broken one is made anew.
$(PYTHON):
	@for name in python3 python3.13 python3.12 python3.11; do \
		if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
		then echo "Making the virtual environment $(VENV) with $$($$name --version)"; \
			exec $$name -m venv --clear --without-pip $(VENV); fi; \
	done; \
	echo "Python 3.11, 3.12 or 3.13 is needed, and none of them is on the PATH." >&2; exit 1

$(VENV)/.up-to-date: requirements.txt | $(PYTHON)
	@echo "Installing what the tracker runs on (about 60 MB the first time)"
	@$(INSTALL) requirements.txt
	@touch $@

$(VENV)/.dev-up-to-date: requirements-dev.txt | $(PYTHON)
	@echo "Installing what the tests and checks need (about 150 MB the first time)"
	@$(INSTALL) requirements-dev.txt
	@touch $@ $(VENV)/.up-to-date

test: $(VENV)/.dev-up-to-date
	@.ci/with-browser "not drill" $(PYTHON) -m pytest -n 2

drill: $(VENV)/.dev-up-to-date
	@.ci/with-browser "drill" $(PYTHON) -m pytest

check: $(VENV)/.dev-up-to-date
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy --strict tracker config
	$(PYTHON) -m djlint --lint --quiet templates
	$(PYTHON) manage.py makemigrations --check --dry-run

LOCK = UV_CUSTOM_COMPILE_COMMAND="make lock" $(PYTHON) -m uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --only-binary :all: --no-emit-index-url --no-emit-find-links

lock: $(VENV)/.dev-up-to-date
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
