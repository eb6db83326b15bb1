"""The web process: pages and API over HTTP, feeds over websockets. Never imports torch."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django_app = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - Django must be set up first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from studio.body_limit import BodyLimit  # noqa: E402
from studio.sockets import urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {"http": BodyLimit(django_app), "websocket": AuthMiddlewareStack(URLRouter(urlpatterns))}
)
