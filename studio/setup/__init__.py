"""The steps of the set-up. Standard library only: they run before anything is installed."""
