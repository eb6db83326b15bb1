"""The bare baselines: the same work without the studio."""
