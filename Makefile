# Команды проекта: `make` без аргументов перечисляет их.

SHELL := /bin/sh
# Each of the many processes of a run would otherwise compile all of the code anew.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
# Newer than the lock it was made from: a changed lock makes the environment anew.
READY := $(VENV)/ready

# Any of these may be present and still not run: pyenv puts a stub for each version it knows.
PYTHONS := python3 python3.11 python3.12 python3.13 python3.14
SUITABLE := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))

# The same for every place that makes the lock: no index, no machine, no path in it.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	--strip-extras --allow-unsafe $(if $(UPGRADE),--upgrade)

.PHONY: help run demo pictures test faults soak lint check rehearse bench lock format

help: ## этот список
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(READY) ## поднять всё на этой машине: Temporal, PostgreSQL, Moodle, почту, API
	$(BIN)/python -m devstack

demo: $(READY) ## провести запросы от письма до исхода и курс до результатов и смены ответственного, со сжатым временем
	$(BIN)/python -m devstack.demo

# By several processes, each with an engine of its own; they wait as much as they compute, so there are more
# of them than cores.
PROCESSES := --numprocesses 3 --dist loadfile --no-loadscope-reorder

# Only the long tests explore by it, and each process of a run takes a second and a half to import it.
PLAIN := -p no:schemathesis

# What goes wrong on the way: a Moodle that is away or lies, steps that fail, two things at once. A third of the
# time of all tests, and apart from them for that alone.
FAULTS := $(wildcard tests/workflows/test_*_faults.py) $(addprefix tests/workflows/test_,absences.py \
	amended_meanwhile.py begun_anew.py failing_steps.py moodle_hand_over.py replacement_branches.py \
	replacement_mistakes.py) tests/activities/test_clock.py tests/activities/test_upkeep.py \
	tests/api/test_crashes.py tests/api/test_escalations.py tests/api/test_faults.py

# What kills processes, explores or waits for minutes: for a release, and for changes of what it tests.
LONG := tests/faults tests/bench tests/api/test_schemathesis.py tests/devstack/test_make_run.py \
	tests/rehearsal/test_rehearsal.py tests/rehearsal/test_command.py tests/workflows/test_canary.py

# The rooms with long files come first, so that none is left over for one process at the end.
SLOW := tests/workflows/ tests/pages/ tests/api/
ROOMS := $(SLOW) $(filter-out $(SLOW) $(LONG:%=%/),$(sort $(dir $(wildcard tests/*/test_*.py))))
WHOLE := $(PROCESSES) $(PLAIN) $(ROOMS) $(patsubst %,--ignore=%,$(LONG) $(FAULTS))

test: $(READY) ## тесты на настоящих Temporal, PostgreSQL, SMTP; доводы pytest — в ARGS
	$(BIN)/python -m pytest $(or $(ARGS),$(WHOLE))

faults: $(READY) ## что бывает не так, как надо: сбои Moodle, почты и шагов, два события сразу
	$(BIN)/python -m pytest $(PROCESSES) $(PLAIN) $(FAULTS)

soak: $(READY) ## долгие тесты: убитые процессы, schemathesis, стек целиком, репетиция командой
	$(BIN)/python -m pytest $(PROCESSES) $(LONG)

lint: $(READY) ## ruff, mypy --strict, направления импортов
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict .
	$(BIN)/lint-imports

check: lint test faults soak ## всё, что должно проходить перед выпуском: lint, test, faults и soak

pictures: $(READY) ## снимки страниц для README и docs/, по рассказу демонстрации; нужен Chromium
	$(BIN)/python -m devstack.pictures

rehearse: $(READY) ## прожить год запросов по изменённым срокам и сравнить; доводы — в ARGS, все: ARGS=-h
	$(BIN)/python -m rehearsal $(ARGS)

bench: $(READY) ## измерить скорость; имена измерений — в ARGS, все имена: ARGS=-h
	$(BIN)/python -m bench $(ARGS)

lock: $(READY) ## переписать requirements*.lock по pyproject.toml; UPGRADE=1 берёт новые версии
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

format: $(READY) ## привести код к общему виду
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(READY): requirements-dev.lock
	@for python in $(PYTHONS); do \
		"$$python" -c '$(SUITABLE)' 2>/dev/null && found="$$python" && break; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo "Не найден Python 3.11 или новее с модулями venv и ensurepip (искал: $(PYTHONS))." >&2; \
		echo "Поставьте его: в Debian и Ubuntu это пакеты python3 и python3-venv, в macOS — brew install python." >&2; \
		exit 1; \
	fi; \
	echo "Готовлю окружение $(VENV): $$("$$found" --version)…"; \
	"$$found" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
