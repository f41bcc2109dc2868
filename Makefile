# Every word sets up what it needs first (packaging/setup.py; a second run adds almost nothing).
PYTHON ?= $(shell command -v /usr/bin/python3 || command -v python3)
PY = .venv/bin/python
OUT ?= demo-out
NAME ?=
CASES ?= 2000
MINUTES ?= 10
SECONDS ?= 60
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help setup run demo server test stories check coverage bench model looks desk room protocol hostile fuzz soak network network-night

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1 \t/' | expand -t 22

setup: ## install everything into .venv (and missing system packages with apt)
	@$(PYTHON) packaging/setup.py

run: setup ## open the application
	@$(PY) main.py

demo: setup ## hold a real meeting of three people and write its recap to OUT (default demo-out)
	@$(PY) -m tests.demo --out "$(OUT)"

server: setup ## run the backend for a team (python -m server_stub --help lists the options)
	@$(PY) -m server_stub

test: setup ## run the tests, without the heavy stories
	@$(PY) -m pytest -n 2 --dist worksteal -m "not heavy"

stories: setup ## run the tests that need a speech model, look for hands or make whole films
	@$(PY) -m pytest -n 2 --dist worksteal -m heavy

check: setup ## format, lint and type checks
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy

coverage: setup ## check that the tests reach every branch of the wire, the client's state and the server's rules (5 minutes)
	@$(PY) -m coverage run -m pytest tests/wire tests/state tests/server_stub/call tests/server_stub/room \
		tests/server_stub/kernel tests/server_stub/after/test_recap_form.py
	@$(PY) -m coverage report

bench: setup ## run the benchmarks (NAME=... for one; python -m tests.bench lists them); installs Debian's Janus and Chromium as yardsticks
	@$(PYTHON) packaging/setup.py --yardstick
	@$(PY) -m tests.bench $(NAME)

model: setup ## ask a small language model for recaps, in .venv-model of its own (built from source the first time: 15 minutes)
	@$(PYTHON) packaging/setup.py --model
	@$(PY) -m tests.bench model

protocol: setup ## run CASES=2000 random stories against the real server; 25 planted faults have to be found
	@PARLEY_PROTOCOL_CASES=$(CASES) $(PY) -m pytest -n 2 tests/protocol

hostile: setup ## attack the real server for MINUTES=10
	@$(PY) -m tests.hostile --minutes $(MINUTES)

fuzz: setup ## fuzz every guarded parser for SECONDS=60; prints the seed, finds go to fuzz-finds.json
	@$(PY) -m tests.fuzz --seconds $(SECONDS)

soak: setup ## let four people meet for MINUTES=10 while a fifth comes and goes: no memory, file or task may be left behind
	@$(PY) -m tests.bench soak --minutes $(MINUTES)

looks: setup ## take a picture of every page, light and dark, into looks-out; PHOTOS=folder adds their outlines
	@$(PY) -m tests.looks --out looks-out $(if $(PHOTOS),--photos $(PHOTOS))

room: setup ## let two laptops with loudspeakers talk in one room of sound (PulseAudio): it must not howl
	@$(PYTHON) packaging/setup.py --room
	@$(PY) -m tests.room

desk: setup ## use the application at two screens by real mouse and keys; pictures of each step go to desk-out
	@$(PY) -m tests.desk --out desk-out

network: setup ## real calls over bad links beside Chromium's, 3 seeds, an hour (needs root); rows go to network-out
	@$(PYTHON) packaging/setup.py --yardstick
	@mkdir -p network-out
	@$(PY) -m tests.network.run --seeds 1,2,3 --vs chrome --table --out network-out/rows.jsonl

network-night: setup ## the same with 10 seeds, and changes of address and restarts of the server 200 times each (7 hours)
	@$(PYTHON) packaging/setup.py --yardstick
	@mkdir -p network-out
	@$(PY) -m tests.network.run --scen ipchange,server_restart --repeat 200 --record --table --out network-out/night.jsonl; \
		$(PY) -m tests.network.run --seeds 1,2,3,4,5,6,7,8,9,10 --vs chrome --table --out network-out/night.jsonl
