"""Signatures by the Standard Webhooks specification: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(keys: Sequence[str], id: str, at: int, body: bytes) -> dict[str, str]:
    """webhook-id, webhook-timestamp, and webhook-signature with one signature for each key, the newest first."""
    signatures = [f"v1,{_sign(key, id, at, body)}" for key in keys]
    return {"webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}


def _sign(key: str, id: str, at: int, body: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(raw, f"{id}.{at}.".encode() + body, hashlib.sha256)).decode()
