"""Secrets that the studio itself has to read again lie in the database under a key of SECRET_KEY's: a copy of the database
alone gives nobody any of them."""

from __future__ import annotations

import base64
import hashlib

from django.conf import settings


def seal(secret: str, purpose: str) -> str:
    """The secret as it may be stored. purpose: what it is for; each has a key of its own."""
    from cryptography.fernet import Fernet  # it takes a while to load, and few requests need it

    return Fernet(_key(purpose)).encrypt(secret.encode()).decode()


def opened(stored: str, purpose: str) -> str:
    """What was sealed; "" where the studio's own key has changed since."""
    from cryptography.fernet import Fernet, InvalidToken

    try:
        return Fernet(_key(purpose)).decrypt(stored.encode()).decode()
    except InvalidToken:
        return ""


def _key(purpose: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}\n{settings.SECRET_KEY}".encode()).digest())
