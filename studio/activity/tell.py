"""Groups of deeds as sentences with names and links, for the page and the API."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.activity.deeds import Deed, moment
from studio.activity.read import Group
from studio.gallery.models import Asset, Board
from studio.jobs.models import FINAL, Batch, Job, State
from studio.presets.models import Brand
from studio.review.models import Review
from studio.teams.models import NOBODY, Role, User, as_uuid

NO_TITLE = 60  # characters of a prompt that stand for a title


class Names:
    """What the groups of one page speak of, each kind of thing read once. What is not there any more has no link."""

    def __init__(self, groups: Sequence[Group], team: uuid.UUID) -> None:
        deeds = [deed for group in groups for deed in group.deeds]
        members = [_id(deed.about.get("thing")) for deed in deeds if _of(deed, "member")]
        self.users = User.objects.in_bulk({*_ids(group.newest.who for group in groups), *_ids(members)})
        self.assets = {
            asset.pk: asset
            for asset in Asset.objects.filter(
                pk__in=_ids(_asset(deed) for deed in deeds), team=team, listed=True, deleted_at=None
            ).only("id", "title", "prompt", "medium", "thumbnail_id")
        }
        reviews = (
            deed.about.get("review") or deed.about.get("thing") for deed in deeds if _of(deed, "review")
        )
        self.reviews = Review.objects.filter(team=team).in_bulk(_ids(map(_id, reviews)))
        things = (_id(deed.about.get("thing")) for deed in deeds if _of(deed, "share"))
        self.boards = Board.objects.filter(team=team, deleted_at=None).in_bulk(_ids(things))
        kits = (_id(deed.about.get("thing")) for deed in deeds if _of(deed, "brand"))
        self.brands = Brand.objects.filter(team=team, deleted_at=None).in_bulk(_ids(kits))
        jobs = _ids(deed.about.get("job") for deed in deeds)
        self.jobs = Job.objects.only("id", "title", "tool").in_bulk(jobs)
        batches = _ids(deed.about.get("batch") for deed in deeds)
        self.batches = Batch.objects.only("id", "title", "tool").in_bulk(
            batches
        )  # not what was asked for, which is long
        self.states: dict[uuid.UUID, dict[str, int]] = {batch: {} for batch in batches}
        counted = Job.objects.filter(batch__in=batches).values_list("batch", "state").annotate(n=Count("id"))
        for batch, state, n in counted:
            self.states[batch][state] = n


def told(groups: Sequence[Group], team: uuid.UUID) -> list[dict[str, Any]]:
    """Each as {id, kind, at, who, guest, n, text, things: [{title, link, thumbnail}]}; `text` goes on from the name."""
    names = Names(groups, team)
    return [_told(group, names) for group in groups]


def _told(group: Group, names: Names) -> dict[str, Any]:
    deed = group.newest
    who = names.users.get(deed.who) if deed.who else None
    things = (_thing(each, names) for each in group.deeds)
    return {
        "id": str(deed.id),
        "kind": deed.kind,
        "at": moment(deed.ms),
        "who": {"id": str(who.pk), "name": who.name} if who else None,
        "guest": deed.guest,
        "n": group.n,
        "text": _sentence(deed, group.n, names),
        "things": list({thing["link"]: thing for thing in things if thing}.values()),
    }


def _sentence(deed: Deed, n: int, names: Names) -> str:
    about = deed.about
    if deed.kind in {"made", "added"}:
        words = MADE[deed.fold](n) if deed.fold in MADE else str(n)
        return (_("made %(what)s") if deed.kind == "made" else _("added %(what)s")) % {"what": words}
    if deed.kind == "batch":
        return _batch(deed, names)
    if deed.kind == "failed":
        return ngettext("had a job that failed", "had %(n)d jobs that failed", n) % {"n": n}
    if deed.kind == "comment":
        return ngettext("wrote a comment", "wrote %(n)d comments", n) % {"n": n}
    if deed.kind == "board":
        return ngettext("made a board", "made %(n)d boards", n) % {"n": n}
    if deed.kind == "preset":
        return ngettext("saved a preset", "saved %(n)d presets", n) % {"n": n}
    if deed.kind == "verdict":
        return _verdict(about, n)
    return _audit(deed, n, names)


MADE = {
    "text": lambda n: ngettext("a text", "%(n)d texts", n) % {"n": n},
    "image": lambda n: ngettext("a picture", "%(n)d pictures", n) % {"n": n},
    "music": lambda n: ngettext("a piece of music", "%(n)d pieces of music", n) % {"n": n},
    "video": lambda n: ngettext("a film", "%(n)d films", n) % {"n": n},
    "speech": lambda n: ngettext("a piece of speech", "%(n)d pieces of speech", n) % {"n": n},
}


def _batch(deed: Deed, names: Names) -> str:
    states, n = names.states.get(deed.about["batch"], {}), deed.about["n"]
    asked = ngettext("asked for a batch of %(n)d job", "asked for a batch of %(n)d jobs", n) % {"n": n}
    left = sum(count for state, count in states.items() if state not in FINAL)
    done, failed = states.get(State.SUCCEEDED, 0), states.get(State.FAILED, 0)
    parts = [_("%(n)d done") % {"n": done}]
    if failed:
        parts.append(_("%(n)d failed") % {"n": failed})
    if left:
        parts.append(_("%(n)d to go") % {"n": left})
    return f"{asked} ({', '.join(parts)})"


def _verdict(about: dict[str, Any], n: int) -> str:
    verdict = about.get("verdict")
    if about["verb"] == "review.pick":
        return _("picked in a review")
    if about["verb"] == "review.unlock":
        return ngettext("unlocked an approval", "unlocked %(n)d approvals", n) % {"n": n}
    if verdict == "approved":
        return ngettext("approved one", "approved %(n)d", n) % {"n": n}
    if verdict == "changes":
        return ngettext("asked for changes to one", "asked for changes to %(n)d", n) % {"n": n}
    return ngettext("took a verdict back", "took %(n)d verdicts back", n) % {"n": n}


def _audit(deed: Deed, n: int, names: Names) -> str:
    """In words where there are some, else by the verb's own name, as the audit log has it."""
    about, verb = deed.about, deed.about["verb"]
    whom = names.users.get(_id(about.get("thing")) or NOBODY)
    role = dict(Role.choices).get(about.get("role", ""), "")
    values = {"n": n, "whom": whom.name if whom else _("somebody"), "role": str(role).lower()}
    values["name"] = about.get("name", "")
    words = {
        "review.request": lambda: ngettext("asked for a review", "asked for %(n)d reviews", n),
        "review.close": lambda: ngettext("closed a review", "closed %(n)d reviews", n),
        "share.create": lambda: ngettext("made a share link", "made %(n)d share links", n),
        "share.revoke": lambda: ngettext("ended a share link", "ended %(n)d share links", n),
        "brand.create": lambda: ngettext("made a brand kit", "made %(n)d brand kits", n),
        "brand.change": lambda: ngettext("changed a brand kit", "changed brand kits %(n)d times", n),
        "brand.delete": lambda: (
            _("deleted the brand kit “%(name)s”") if n == 1 else _("deleted %(n)d brand kits")
        ),
        "brand.restore": lambda: ngettext("took a brand kit back", "took %(n)d brand kits back", n),
        "member.join": lambda: _("joined the team"),
        "member.role": lambda: _("made %(whom)s %(role)s") if n == 1 else _("changed %(n)d roles"),
        "member.remove": lambda: _("took %(whom)s out of the team") if n == 1 else _("took %(n)d people out"),
        "member.invite": lambda: ngettext("made an invitation", "made %(n)d invitations", n),
        "member.uninvite": lambda: ngettext("withdrew an invitation", "withdrew %(n)d invitations", n),
        "team.create": lambda: _("made the team"),
        "team.transfer": lambda: _("handed the team over to %(whom)s"),
        "team.delete": lambda: _("deleted the team"),
        "team.restore": lambda: _("took the team back"),
        "member.gone": lambda: _("deleted their account"),
        "asset.copy": lambda: _("copied assets to another team"),
        "asset.move": lambda: _("moved assets to another team"),
        "asset.receive": lambda: _("brought assets from another team"),
        "team.quotas": lambda: _("set the quotas"),
        "team.policy": lambda: _("set which words are blocked"),
        "team.second_step": lambda: _("set who needs a second step"),
        "token.create": lambda: ngettext("made an API token", "made %(n)d API tokens", n),
        "token.revoke": lambda: ngettext("revoked an API token", "revoked %(n)d API tokens", n),
    }
    if verb == "member.remove" and n == 1 and whom and whom.pk == deed.who:
        return _("left the team")
    return words[verb]() % values if verb in words else f"{verb} ({n})" if n > 1 else str(verb)


def _thing(deed: Deed, names: Names) -> dict[str, str] | None:
    """What a deed was about, as a name and a link; None where it is not there any more or has no page."""
    about = deed.about
    asset = names.assets.get(_asset(deed) or NOBODY)
    if deed.kind in {"review", "verdict"}:
        review = names.reviews.get(_id(about.get("review") or about.get("thing")) or NOBODY)
        return _link(review.title, f"/review/{review.pk}/") if review else None
    if asset is not None:
        thumbnail = f"/api/v1/assets/{asset.pk}/thumbnail" if asset.thumbnail_id else ""
        title = asset.title or asset.prompt[:NO_TITLE] or asset.get_medium_display()
        return _link(title, f"/assets/{asset.pk}/", thumbnail)
    board = names.boards.get(_id(about.get("thing")) or NOBODY)
    if board is not None:
        return _link(board.title, f"/boards/{board.pk}/")
    if "board" in about:
        return _link(about["title"], f"/boards/{about['board']}/")
    kit = names.brands.get(_id(about.get("thing")) or NOBODY)
    if kit is not None:
        return _link(kit.name, f"/brands/#brand-{kit.pk}")
    if "preset" in about or "wildcard" in about:
        return _link(about["title"], "/presets/")
    if "batch" in about:
        batch = names.batches.get(about["batch"])
        return _link(batch.title or batch.tool, f"/batches/{batch.pk}/grid/") if batch else None
    if "job" in about:
        job = names.jobs.get(about["job"])
        return _link(job.title or job.tool, f"/jobs/{job.pk}/") if job else None
    return None


def _link(title: str, link: str, thumbnail: str = "") -> dict[str, str]:
    return {"title": title, "link": link, "thumbnail": thumbnail}


def _of(deed: Deed, what: str) -> bool:
    return str(deed.about.get("verb", "")).startswith(f"{what}.")


def _asset(deed: Deed) -> uuid.UUID | None:
    if "asset" in deed.about:
        return _id(deed.about["asset"])
    return _id(deed.about.get("thing")) if _of(deed, "share") else None


def _id(value: Any) -> uuid.UUID | None:
    return as_uuid(value) if value else None


def _ids(values: Iterable[Any]) -> set[uuid.UUID]:
    return {value for value in values if value}
