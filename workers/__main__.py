"""`python -m workers`: this node's worker process, with a thread for each slot."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
os.environ.setdefault("STUDIO_ROLE", "worker")

SPARE = 2  # threads for bells that ring while all slots work


def main() -> None:
    """Ask the node what it has, then be Celery's worker, in this process: Django is loaded once."""
    django.setup()
    from studio.jobs.dispatch import app
    from workers.app import worker_command
    from workers.node import this_node

    node = this_node()
    command = worker_command(node.lanes, node.device, len(node.slots.all) + SPARE)
    app.worker_main(command[command.index("worker") :])


if __name__ == "__main__":
    main()
