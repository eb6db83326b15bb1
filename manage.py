#!/usr/bin/env python3
"""The studio's commands. `run`, `test`, `setup` and `lock` need nothing but Python; the rest is Django's."""

import os
import sys
from typing import NoReturn

OLDEST, NEWEST = (3, 11), (3, 13)


def main() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        another_python()
    from studio import bootstrap

    sys.exit(bootstrap.main(sys.argv))


def another_python() -> NoReturn:
    """Start again with a Python that fits, where the machine has one under its own name."""
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        name = "python3.%d" % minor
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = os.path.join(folder, name)
            if os.access(path, os.X_OK):
                os.execv(path, [path] + sys.argv)
    sys.exit(
        "The studio needs Python 3.11, 3.12 or 3.13; this is %d.%d. Install one of them and start again with it, "
        "for example: python3.11 manage.py run" % sys.version_info[:2]
    )


if __name__ == "__main__":
    main()
