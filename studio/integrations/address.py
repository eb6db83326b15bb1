"""Where webhooks may go: never into the network that the studio stands in, unless the operator allows it.

A name is resolved right before the connection, what it resolves to is checked, and the connection goes to that very address:
a name that answers otherwise a moment later leads nowhere else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import httpx

LONGEST = 500
INSIDE_OTHERS = [
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
"""IPv6 that carries an IPv4 address on (NAT64, 6to4, Teredo): it may lead to a private one."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """Nothing is sent there; said in words."""


def checked(url: str) -> httpx.URL:
    """The URL, where its words alone are no reason to refuse it. What its name resolves to is asked at each try."""
    import httpx  # the web process needs it only when somebody adds a webhook

    try:
        found = httpx.URL(url)
        host, port = found.raw_host.decode("ascii"), 443 if found.port is None else found.port
    except (httpx.InvalidURL, ValueError, TypeError):
        raise Refused(_("That is no address of the web.")) from None
    if len(url) > LONGEST or found.scheme not in {"https", "http"} or not host or port not in range(1, 65536):
        raise Refused(
            _("An address begins with https://, names a host and has at most %(n)d letters.") % {"n": LONGEST}
        )
    if found.userinfo or found.fragment:
        raise Refused(_("Leave out name and password before the host, and what stands behind #."))
    if found.scheme == "http" and not _named(host):
        raise Refused(_("Only https is taken: what is told would be read on the way otherwise."))
    literal = _address(host)
    if literal is not None and not (_named(host) or public(literal)):
        raise Refused(_("This address lies in the studio's own network. The operator can allow it."))
    return found


async def resolve(url: httpx.URL) -> str:
    """The address to connect to, IPv4 before IPv6. Refused where any that the name has may not be reached."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(_("The name %(host)s is not known.") % {"host": host}) from None
    addresses = [ipaddress.ip_address(row[4][0]) for row in rows]
    if not addresses or not (_named(host) or all(public(each) for each in addresses)):
        raise Refused(
            _("%(host)s lies in the studio's own network. The operator can allow it.") % {"host": host}
        )
    return str(min(addresses, key=lambda each: each.version))


def public(address: Address) -> bool:
    """Whether it belongs to the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return public(address.ipv4_mapped)
        if any(address in net for net in INSIDE_OTHERS):
            return False
    return address.is_global and not address.is_multicast


def _named(host: str) -> bool:
    """Whether the operator allows this host: by its name, or, where it is an address, by its network."""
    literal = _address(host)
    for allowed in settings.WEBHOOK_HOSTS:
        if allowed.lower() == host.lower().strip("[]"):
            return True
        if literal is not None and "/" in allowed and literal in ipaddress.ip_network(allowed, strict=False):
            return True
    return False


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
