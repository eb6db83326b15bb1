"""A company's sign-in (OpenID Connect): the code flow with PKCE, state and nonce, towards the one issuer that the
operator trusts. Who somebody is here, `identities` says; this module only learns who the provider says they are.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)
ANSWER_S = 5.0
KEPT_S = 600.0
LEEWAY_S = 60
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "ES256",
    "ES384",
    "EdDSA",
)  # signed by the provider's own key alone
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_found: dict[str, tuple[float, dict[str, Any]]] = {}


class NotSaid(Exception):
    """The provider has not said who this is, in a way that counts. The reason is for the log, not for the person."""


@dataclass(frozen=True)
class Claims:
    """Who the provider says that somebody is. `email` is "" where it has not verified the address."""

    issuer: str
    subject: str
    email: str
    name: str


def configured() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def name() -> str:
    """What the button calls the provider."""
    return settings.OIDC_NAME or urlsplit(settings.OIDC_ISSUER).hostname or _("your company")


def begin(back: str) -> tuple[str, dict[str, str]]:
    """The provider's address to send the browser to, and what the browser keeps meanwhile. NotSaid where it is away."""
    kept = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
    }
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=")
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    with _client() as client:
        address = _address(_provider(client), "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", kept


def finish(kept: dict[str, str], said: dict[str, str], back: str) -> Claims:
    """Who this is, from what the browser has kept and what it brings back. NotSaid where anything does not fit."""
    if not hmac.compare_digest(kept["state"].encode(), said.get("state", "").encode()):
        raise NotSaid("the state is another's")
    if "code" not in said:
        raise NotSaid(f"the provider says {said.get('error', 'nothing')[:60]!r}")
    with _client() as client:
        provider = _provider(client)
        if said.get("iss", provider["issuer"]) != provider["issuer"]:
            raise NotSaid("another issuer answers")
        tokens = _tokens(client, provider, said["code"], kept["verifier"], back)
        claims = _checked(client, provider, str(tokens.get("id_token", "")), kept["nonce"])
        if "email" not in claims and "userinfo_endpoint" in provider and "access_token" in tokens:
            claims = _more(client, provider, str(tokens["access_token"]), claims)
    if len(claims["sub"]) > 255:
        raise NotSaid("the subject is longer than OpenID Connect allows")
    return Claims(
        issuer=provider["issuer"],
        subject=claims["sub"],
        email=_verified(claims),
        name=str(claims.get("name") or claims.get("preferred_username") or "").strip()[:120],
    )


def _verified(claims: dict[str, Any]) -> str:
    """The address, where it is one and the provider says that it has verified it; some say so as a word."""
    email = str(claims.get("email") or "").strip()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    said = claims.get("email_verified")
    return email if (said is True or said == "true") and len(email) <= 254 else ""


def _client() -> httpx.Client:
    import httpx

    return httpx.Client(timeout=ANSWER_S, follow_redirects=False, headers={"Accept": "application/json"})


def _json(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise NotSaid(f"{answer.request.url.path} answers {answer.status_code}")
    said = answer.json()
    if not isinstance(said, dict):
        raise NotSaid(f"{answer.request.url.path} answers no object")
    return said


def _ask(client: httpx.Client, method: str, address: str, **more: Any) -> dict[str, Any]:
    import httpx

    try:
        return _json(client.request(method, address, **more))
    except (httpx.HTTPError, ValueError) as error:
        raise NotSaid(f"{urlsplit(address).path}: {type(error).__name__}") from None


def _provider(client: httpx.Client) -> dict[str, Any]:
    """What the issuer says about itself; asked for anew every ten minutes."""
    issuer = settings.OIDC_ISSUER
    at, known = _found.get(issuer, (0.0, {}))
    if known and time.monotonic() - at < KEPT_S:
        return known
    found = _ask(client, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise NotSaid("the document names another issuer")
    _found[issuer] = (time.monotonic(), found)
    return found


def _address(provider: dict[str, Any], which: str) -> str:
    """One of the provider's addresses: https, or on this machine."""
    address = str(provider.get(which, ""))
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise NotSaid(f"{which} is no https address")
    return address


def _tokens(
    client: httpx.Client, provider: dict[str, Any], code: str, verifier: str, back: str
) -> dict[str, Any]:
    """What the code is worth. The secret goes as the provider likes it: in the header, else in the form."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
        "client_id": settings.OIDC_CLIENT_ID,
    }
    ways = provider.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    secret, more = settings.OIDC_CLIENT_SECRET, {}
    if secret and "client_secret_basic" in ways:
        more["auth"] = (settings.OIDC_CLIENT_ID, secret)
    elif secret:
        form["client_secret"] = secret
    return _ask(client, "POST", _address(provider, "token_endpoint"), data=form, **more)


def _checked(client: httpx.Client, provider: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that the provider has signed for us, now, for this one sign-in."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    keys = _ask(client, "GET", _address(provider, "jwks_uri"))
    us = settings.OIDC_CLIENT_ID
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": provider["issuer"]},
            sub={"essential": True},
            aud={"essential": True, "value": us},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotSaid(f"the ID token is not taken: {type(error).__name__}") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else us) != us:
        raise NotSaid("the ID token is another client's")
    return dict(claims)


def _more(
    client: httpx.Client, provider: dict[str, Any], access: str, claims: dict[str, Any]
) -> dict[str, Any]:
    """The address from where providers keep it that leave it out of the token."""
    headers = {"Authorization": f"Bearer {access}"}
    more = _ask(client, "GET", _address(provider, "userinfo_endpoint"), headers=headers)
    if more.get("sub") != claims["sub"]:
        raise NotSaid("the details are somebody else's")
    return {**more, **claims}
