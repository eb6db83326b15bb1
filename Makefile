# Shortcuts; nothing here that `python3 manage.py` does not do.
PYTHON ?= python3

.PHONY: run test check lock docs clean

run:    ## set up what is missing and start the studio
	$(PYTHON) manage.py run

test:   ## every check and the whole suite
	$(PYTHON) manage.py test

check:  ## the checks without the suite
	$(PYTHON) manage.py test --checks-only

lock:   ## write the lock files anew after a dependency changed
	$(PYTHON) manage.py lock

docs:   ## write the generated pages and the OpenAPI document
	$(PYTHON) manage.py docs
	$(PYTHON) manage.py openapi

clean:  ## remove what was installed; STUDIO_DATA stays
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache
