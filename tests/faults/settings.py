"""The studio's settings with one app more, which can end, pause and break the processes of a test's own studio."""

from studio.settings import *  # noqa: F403
from studio.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.faults.plugin"]
