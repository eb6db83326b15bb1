"""The web process: pages and API over HTTP, feeds over websockets. Never imports torch."""

from __future__ import annotations

import os
from typing import Any

import django
from django.core.signals import request_finished

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django.setup(set_prefix=False)

from channels.auth import AuthMiddlewareStack  # noqa: E402 - Django must be set up first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.db import connections  # noqa: E402

from studio import handler  # noqa: E402
from studio.body_limit import BodyLimit  # noqa: E402
from studio.sockets import urlpatterns  # noqa: E402
from studio.static_files import StaticFiles  # noqa: E402


def let_go(**_signal: Any) -> None:
    """Close what an asynchronous view has opened. Its thread ends with it, so nobody could use the connection again;
    left to the garbage collector, hundreds stay open under load."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


request_finished.connect(let_go)

application = ProtocolTypeRouter(
    {
        "http": StaticFiles(BodyLimit(handler.application())),
        "websocket": AuthMiddlewareStack(URLRouter(urlpatterns)),
    }
)
