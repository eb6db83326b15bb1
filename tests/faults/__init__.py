"""Faults on purpose, against a studio of their own, judged from outside; see docs/reliability.md."""
