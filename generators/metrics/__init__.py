"""Metrics: one metric, one file. Each is a function of what was made and what was asked for."""
