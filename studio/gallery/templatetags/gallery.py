"""Filters of the gallery's pages: durations, sizes, ratios, the day of an asset."""

from __future__ import annotations

import re
from datetime import date, timedelta
from mimetypes import guess_extension
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.gallery.models import Asset, Medium

register = template.Library()

RATIO_OF_TEXT = 1.0
RATIO_OF_SOUND = 1.9
MARKS = re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d+\.)\s+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", re.MULTILINE)


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as 0:48 or 1:02:03; "" where they are not known."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@register.filter
def spell_time(seconds: float | None) -> str:
    """Seconds in words: 9.4 s, 1 min 10 s, 2 h 5 min; "" where they are not known."""
    if seconds is None:
        return ""
    if seconds < 10:
        return _("%(n)s s") % {"n": f"{seconds:.1f}".rstrip("0").rstrip(".")}
    whole = round(seconds)
    if whole < 60:
        return _("%(n)s s") % {"n": whole}
    if whole < 600 and whole % 60:
        return _("%(m)s min %(s)s s") % {"m": whole // 60, "s": whole % 60}
    if whole < 3600:
        return _("%(m)s min") % {"m": round(whole / 60)}
    return _("%(h)s h %(m)s min") % {"h": whole // 3600, "m": whole % 3600 // 60}


@register.filter
def size(number: float | None) -> str:
    """Bytes as people say them: 1.8 MB."""
    value = float(number or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


@register.filter
def ratio(asset: Asset) -> str:
    """Width to height of an asset's tile, between 0.5 and 2.4: very long pictures are cut."""
    if asset.medium in (Medium.IMAGE, Medium.VIDEO) and asset.width and asset.height:
        return f"{min(2.4, max(0.5, asset.width / asset.height)):.3f}"
    if asset.medium in (Medium.MUSIC, Medium.SPEECH):
        return f"{RATIO_OF_SOUND}"
    return f"{RATIO_OF_TEXT}"


@register.filter
def name_of(asset: Asset) -> str:
    """What an asset is called: its title, else how its prompt or text begins, else its medium."""
    for words in (asset.title, asset.prompt, asset.excerpt):
        line = MARKS.sub("", words.strip().split("\n", 1)[0]).strip()
        if line:
            return line if len(line) <= 80 else line[:79].rstrip() + "…"
    return str(Medium(asset.medium).label)


@register.filter
def plain(text: str) -> str:
    """Markdown's words without its signs, for an excerpt; 600 characters at most."""
    return MARKS.sub("", text[:900])[:600]


@register.filter
def day_name(day: date) -> str:
    """Today, Yesterday, the weekday within a week, else the date."""
    ago = timezone.localdate() - day
    if ago <= timedelta(0):
        return _("Today")
    if ago == timedelta(days=1):
        return _("Yesterday")
    if ago < timedelta(days=7):
        return date_format(day, "l")
    return date_format(day, "j F Y")


@register.filter
def own_rating(asset: Asset) -> int:
    """The mean rating, rounded; 0 where nobody has rated."""
    return round(asset.rating_sum / asset.rating_n) if asset.rating_n else 0


@register.filter
def label_of(key: str) -> str:
    """An input's key as words: `max_tokens` → Max tokens."""
    return key.replace("_", " ").strip().capitalize()


@register.filter
def value_of(value: Any) -> str:
    """An input's value as a person reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(value_of(each) for each in value)
    if isinstance(value, dict):
        if {"id", "name"} <= value.keys():  # a copy of something that a team keeps under that name
            return value_of(value["name"])
        return " ".join(value_of(each) for each in value.values())
    return str(value)


@register.filter
def short(digest: str) -> str:
    """sha256:9f3c…a41e."""
    scheme, _colon, rest = digest.partition(":")
    return f"{rest[:6]}…{rest[-6:]}" if rest else scheme[:14]


SOURCES = {
    "trainedAlgorithmicMedia": gettext_lazy("made by a model"),
    "compositeWithTrainedAlgorithmicMedia": gettext_lazy("changed by a model"),
    "algorithmicMedia": gettext_lazy("made by an algorithm"),
    "digitalCapture": gettext_lazy("from a camera"),
}


@register.filter
def source_type(value: str) -> str:
    """IPTC's digital source type in words; its last word where we have none."""
    last = value.rstrip("/").rsplit("/", 1)[-1]
    return str(SOURCES.get(last, last))


@register.filter
def file_name(asset: Asset) -> str:
    """A name for the downloaded file."""
    stem = slugify(name_of(asset))[:60] or str(asset.pk)
    kind = "md" if asset.mime == "text/markdown" else (guess_extension(asset.mime) or "").lstrip(".")
    return f"{stem}.{kind}" if kind else stem
