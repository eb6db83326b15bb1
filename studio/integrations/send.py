"""One try: the signed body goes to the webhook's address. No database here; time and size of the answer are bounded."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from studio.integrations import address, signing

MOST_READ = 2000  # bytes of an answer, for people to see
SHOWN = 300


@dataclass(frozen=True)
class Answer:
    """What came back. status: None where nothing did; words: what to show of it."""

    status: int | None
    words: str

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, keys: Sequence[str], id: str, body: bytes) -> Answer:
    """Send it and wait for the answer, at most settings.WEBHOOK_TIMEOUT seconds for everything."""
    try:
        return asyncio.run(_within(url, signing.headers(keys, id, int(time.time()), body), body))
    except address.Refused as refused:
        return Answer(None, str(refused))
    except TimeoutError:
        return Answer(None, _("No answer within %(n)d seconds.") % {"n": settings.WEBHOOK_TIMEOUT})
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:SHOWN])


async def _within(url: str, headers: dict[str, str], body: bytes) -> Answer:
    async with asyncio.timeout(settings.WEBHOOK_TIMEOUT):
        return await _post(url, headers, body)


async def _post(url: str, headers: dict[str, str], body: bytes) -> Answer:
    wanted = address.checked(url)
    to = wanted.copy_with(host=await address.resolve(wanted))
    headers = {
        "Host": wanted.netloc.decode("ascii"),
        "User-Agent": "studio-webhooks/1",
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        **headers,
    }
    # The certificate has to be the name's, although the connection goes to the address.
    named = {"sni_hostname": wanted.raw_host.decode("ascii")}
    client = httpx.AsyncClient(verify=_trust(), trust_env=False, follow_redirects=False, timeout=None)
    async with (
        client,
        client.stream("POST", to, content=body, headers=headers, extensions=named) as response,
    ):
        read = b""
        async for part in response.aiter_raw():
            read += part
            if len(read) >= MOST_READ:
                break
    words = " ".join(read[:MOST_READ].decode(errors="replace").replace("\x00", "").split())[:SHOWN]
    if response.is_redirect:
        words = _("It sends one on to another address, which is not followed.")
    return Answer(response.status_code, words)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """Read once: the list of authorities is long."""
    return httpx.create_ssl_context(trust_env=False)
