"""The list of checks that `manage.py test` runs before the suite, and the suite itself."""
