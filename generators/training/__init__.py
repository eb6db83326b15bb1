"""Training: one loop, data, recipes. `python -m generators.training RECIPE --data DIR --out DIR`."""
