"""What whoever has a share link reaches, without signing in: the page, one asset, its picture, its file.

Each answer asks the link anew, so that a revoked one ends at once. Nothing is said of prompts, facts or family.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from studio.gallery import files, storage
from studio.gallery.models import Asset, Medium
from studio.problems import Problem, Unsupported
from studio.review import actions as reviews
from studio.review.json import comments_json
from studio.shares import actions
from studio.shares.marked import marked, played
from studio.shares.models import ShareLink
from studio.teams import throttle
from studio.teams.rights import NotThere

P = ParamSpec("P")
MOST_TEXT = 1 << 20
# No other site hears of the address. With "no-referrer" a browser would not say either where its own forms come from, and
# they would be refused.
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "same-origin"}


def guest(
    view: Callable[Concatenate[HttpRequest, ShareLink, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]:
    """The view gets the link instead of the secret; 404 for one that opens nothing; the password is asked for first."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, secret: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            link = actions.find(secret)
            if link.password and not request.session.get(_key(link)):
                response = _ask(request, link)
            else:
                response = view(request, link, *args, **kwargs)
        except NotThere:
            throttle.count("link", throttle.address_of(request))
            raise Http404 from None
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return wrapped  # type: ignore[return-value]


def _key(link: ShareLink) -> str:
    # With the password's hash, so that another password asks anew.
    return f"share:{link.pk}:{link.password[-12:]}"


def _ask(request: HttpRequest, link: ShareLink) -> HttpResponseBase:
    """The page that asks for the password; files are 404 until it was given."""
    wrong, status = "", 401
    if request.method == "POST" and "password" in request.POST:
        wait = throttle.count("share-password", f"{link.pk} {throttle.address_of(request)}")
        if wait:
            wrong, status = str(throttle.TooMany(wait)), 429
        elif actions.right_password(link, request.POST["password"]):
            request.session[_key(link)] = True
            return HttpResponseRedirect(request.get_full_path())
        else:
            wrong, status = _("That is not the password."), 403
    if request.resolver_match and request.resolver_match.url_name in {"shared_picture", "shared_file"}:
        raise NotThere
    return render(request, "shares/password.html", {"wrong": wrong}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@guest
def shared(request: HttpRequest, link: ShareLink) -> HttpResponseBase:
    """/s/<secret>/: one asset, or the board's."""
    actions.count_opened(link)
    if link.asset_id is not None:
        return _one(request, link, actions.asset_of(link, link.asset_id))
    context = {
        "link": link,
        "secret": _secret(request),
        "assets": actions.assets_of(link),
        "title": _title(link),
    }
    return render(request, "shares/board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@guest
def one(request: HttpRequest, link: ShareLink, asset_id: uuid.UUID) -> HttpResponseBase:
    """/s/<secret>/<asset>/: one of them, with what guests and others said."""
    return _one(request, link, actions.asset_of(link, asset_id))


def _one(request: HttpRequest, link: ShareLink, asset: Asset) -> HttpResponseBase:
    wrong = ""
    if request.method == "POST" and "text" in request.POST:
        if not link.may_comment:
            raise NotThere
        name = request.POST.get("name", "").strip()[:60]
        wait = throttle.count("guest-comment", f"{link.pk} {throttle.address_of(request)}")
        try:
            if wait:
                raise throttle.TooMany(wait)
            reviews.comment(None, asset, request.POST["text"], guest=name)
        except (Problem, throttle.TooMany) as refused:
            wrong = str(refused)
        else:
            request.session["guest"] = name
            return redirect(f"{request.path}#comments")
    context: dict[str, Any] = {
        "link": link,
        "secret": _secret(request),
        "asset": asset,
        "title": _title(link) if link.asset_id else asset.title or _("Untitled"),
        "written": _text(asset) if asset.medium == Medium.TEXT and not link.watermark else "",
        **_playable(link, asset),
        "comments": _by_guests(asset) if link.may_comment else [],
        "name": request.session.get("guest", ""),
        "text": request.POST.get("text", "") if wrong else "",
        "wrong": wrong,
    }
    return render(request, "shares/one.html", context, status=422 if wrong else 200)


@require_safe
@guest
def picture(request: HttpRequest, link: ShareLink, asset_id: uuid.UUID) -> HttpResponseBase:
    """…/picture: its rendition of at most 1600 pixels, ?small one of 512; with the link's watermark, where it has one."""
    asset = actions.asset_of(link, asset_id)
    if link.watermark:
        if asset.medium != Medium.IMAGE:
            raise NotThere
        try:
            made = marked(asset, link.watermark)
        except Unsupported:  # never the plain one
            raise NotThere from None
        with made:
            return HttpResponse(
                made.read(), content_type="image/webp", headers={"Cache-Control": "private, no-cache"}
            )
    blob = (asset.thumbnail if "small" in request.GET else asset.preview) or asset.thumbnail
    if blob is None:
        raise NotThere
    return files.send(request, files.Served(blob.digest, blob.bytes, "image/webp", "picture.webp"))


@require_safe
@guest
def file(request: HttpRequest, link: ShareLink, asset_id: uuid.UUID) -> HttpResponseBase:
    """…/file: the stored bytes. Sound, film and text are played and read by it; a download only where it is allowed.

    Where the link has a watermark: the marked film or sound, 503 while it is being made, and 404 where there is none.
    """
    asset = actions.asset_of(link, asset_id)
    if link.watermark:
        try:
            ready = played(asset, link.watermark) if asset.medium != Medium.IMAGE else None
        except Unsupported:
            ready = None
        else:
            if ready is None and asset.medium != Medium.IMAGE:
                return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
        if ready is None or "download" in request.GET:
            raise NotThere
        return files.send(request, *ready)
    if not link.may_download and (asset.medium == Medium.IMAGE or "download" in request.GET):
        raise NotThere
    return files.send(request, files.Served(asset.blob_id, asset.bytes, asset.mime, files.file_name(asset)))


def _playable(link: ShareLink, asset: Asset) -> dict[str, Any]:
    """Whether there is something to show or play: a watermark may still be laid over it (making), or cannot (refused)."""
    if not link.watermark or asset.medium == Medium.IMAGE:
        return {"making": False, "refused": ""}
    try:
        return {"making": played(asset, link.watermark) is None, "refused": ""}
    except Unsupported as problem:
        return {"making": False, "refused": problem.detail}


def _by_guests(asset: Asset) -> list[dict[str, Any]]:
    """What guests said, with the replies; what the team says among itself stays there."""
    return [one for one in comments_json(list(reviews.comments_on(asset)), asset) if one["guest"]]


def _secret(request: HttpRequest) -> str:
    assert request.resolver_match is not None
    return str(request.resolver_match.kwargs["secret"])


def _title(link: ShareLink) -> str:
    thing = link.asset or link.board
    return link.title or (thing.title if thing else "") or _("Untitled")


def _text(asset: Asset) -> str:
    with storage.current().open(asset.blob_id) as stored:
        return stored.read(MOST_TEXT).decode("utf-8", "replace")
