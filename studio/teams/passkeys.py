"""The verbs of passkeys (WebAuthn): a device of the person's keeps a key and asks for a finger, a face or a PIN itself.

That is two steps in one, so nothing else is asked. The browser speaks JSON: `options` go out, an answer comes back, and
`state` waits in the session between the two, for one answer.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.teams import changes
from studio.teams.actions import Refused, audit, digest
from studio.teams.models import Passkey, User
from studio.teams.rights import Actor, NotThere

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

MOST = 20
State = dict[str, Any]


def begin_adding(request: HttpRequest, user: User) -> tuple[dict[str, Any], State]:
    """What the browser needs to make a key, and the state of it."""
    options, state = _server(request).register_begin(
        {"id": user.pk.bytes, "name": user.email, "displayName": user.name or user.email},  # type: ignore[arg-type]
        [_credential(each) for each in Passkey.objects.filter(user=user)],
        resident_key_requirement="required",  # type: ignore[arg-type]
        user_verification="required",  # type: ignore[arg-type]
    )
    return _plain(options), _plain(state)


def add(request: HttpRequest, user: User, name: str, state: State | None, answer: str) -> Passkey:
    """Keep a new key. Refused where the answer is not to this state."""
    name = name.strip()[:120] or _("Passkey")
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise Refused(_("There are %(n)d passkeys already. Remove one first.") % {"n": MOST})
    try:
        made = _server(request).register_complete(state, json.loads(answer)) if state else None
    except Exception as error:  # whatever a broken answer makes of the parser
        raise Refused(_not_taken()) from error
    if made is None or made.credential_data is None:
        raise Refused(_not_taken())
    kept = made.credential_data
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user=user, name=name, key_hash=digest(kept.credential_id.hex()), credential=bytes(kept)
            )
            audit(None, user, "passkey.add", str(passkey.pk))
    except IntegrityError:
        raise Refused(_("This passkey is there already.")) from None
    return passkey


def begin_signing_in(request: HttpRequest) -> tuple[dict[str, Any], State]:
    """What the browser needs to find a key of this studio. The same for everybody: it tells nothing of who is known."""
    options, state = _server(request).authenticate_begin(user_verification="required")  # type: ignore[arg-type]
    return _plain(options), _plain(state)


def person_of(request: HttpRequest, state: State | None, answer: str) -> User | None:
    """Whose key has signed this state; None where it is nobody's, or the signature is not right."""
    if not state:
        return None
    try:
        said = json.loads(answer)
        raw_id = _bytes_of(said["rawId"])
        handle = _bytes_of(said["response"]["userHandle"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    passkey = Passkey.objects.select_related("user").filter(key_hash=digest(raw_id.hex())).first()
    if passkey is None or not passkey.user.is_active or handle != passkey.user.pk.bytes:
        return None
    try:
        _server(request).authenticate_complete(state, [_credential(passkey)], said)
        uses = _uses(said)
    except Exception:  # a broken answer, or one that somebody else has signed
        return None
    if not _newer(passkey, uses):
        audit(None, passkey.user, "passkey.copied", str(passkey.pk))
        return None
    return passkey.user


def remove(actor: Actor, passkey_id: uuid.UUID) -> None:
    """Remove one's own, at once."""
    gone, _of = Passkey.objects.filter(pk=passkey_id, user=actor.user).delete()
    if not gone:
        raise NotThere
    changes.tell(actor.user.pk)  # some team may have demanded one
    audit(None, actor.user, "passkey.remove", str(passkey_id))


def _server(request: HttpRequest) -> Fido2Server:
    """The other side of the browser: keys belong to the name under which the studio is asked for, and to no other page."""
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    host = request.get_host()
    here = settings.PUBLIC_URL.rstrip("/") or f"{request.scheme}://{host}"
    name = host.rpartition(":")[0] if ":" in host else host
    return Fido2Server(
        PublicKeyCredentialRpEntity(name=_("Studio"), id=name), verify_origin=lambda origin: origin == here
    )


def _credential(passkey: Passkey) -> AttestedCredentialData:
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(bytes(passkey.credential))


def _newer(passkey: Passkey, uses: int) -> bool:
    """Note the use. A counter that does not go up tells of a copy of the key; keys that do not count say 0."""
    rows = Passkey.objects.filter(pk=passkey.pk)
    if uses or passkey.uses:
        rows = rows.filter(uses__lt=uses)
    return bool(rows.update(uses=uses, last_used_at=timezone.now()))


def _uses(said: dict[str, Any]) -> int:
    from fido2.webauthn import AuthenticatorData

    return int(AuthenticatorData(_bytes_of(said["response"]["authenticatorData"])).counter)


def _bytes_of(text: str) -> bytes:
    from fido2.utils import websafe_decode

    return bytes(websafe_decode(text))


def _plain(value: Any) -> dict[str, Any]:
    """As JSON has it: bytes are in base64url already."""
    return dict(json.loads(json.dumps(dict(value), default=dict)))


def _not_taken() -> str:
    return _("That passkey was not taken. Try again.")
