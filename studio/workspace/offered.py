"""The tools on offer: by medium, each with a real example, and what an asset can flow to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.translation import gettext as _

from generators import registry
from generators.fields import marked, works_on
from generators.tool import Tool

OWN_PAGES: Mapping[str, str] = {"text.chat": "/chat/"}
"""Tools with a page of their own instead of a form."""

MEDIA = ("text", "image", "music", "video", "speech")
WORDS_ON_CARD = 160


@dataclass(frozen=True)
class Try:
    """A prompt that runs at once by one press."""

    tool: str
    title: str
    medium: str
    label: str
    inputs: Mapping[str, Any]
    words: str = ""
    picture: str = ""


def offered() -> list[Tool]:
    """Tools that a person runs by hand, in the order of media."""
    tools = [tool for tool in registry.tools().values() if not tool.hidden and tool.medium in MEDIA]
    return sorted(tools, key=lambda tool: (MEDIA.index(tool.medium), _place(tool)))


def _place(tool: Tool) -> tuple[bool, bool, bool]:
    """What begins with words comes first, then what changes something by words, then by a press; last what makes another
    medium of it."""
    worded = any(kind.kind == "prompt" for _name, kind in marked(tool.inputs))
    return any(works_on(tool.inputs)), tool.makes != tool.medium, not worded


def path_of(tool: Tool) -> str:
    return OWN_PAGES.get(tool.name, f"/create/{tool.name}/")


def medium_name(medium: str) -> str:
    names = {
        "text": _("Text"),
        "image": _("Image"),
        "music": _("Music"),
        "video": _("Video"),
        "speech": _("Speech"),
    }
    return names.get(medium, medium)


def tabs(current: str) -> list[dict[str, Any]]:
    """The media that have a tool; each opens its first one."""
    found: dict[str, dict[str, Any]] = {}
    for tool in offered():
        path = path_of(tool)
        known = found.get(tool.medium)
        # A tool with a form goes before one with a page of its own.
        if known is None or (tool.name not in OWN_PAGES and known["path"] in OWN_PAGES.values()):
            found[tool.medium] = {
                "medium": tool.medium,
                "label": medium_name(tool.medium),
                "path": path,
                "current": tool.medium == current,
            }
    return list(found.values())


def cards(tool: Tool) -> list[dict[str, Any]]:
    """The tools of one medium, each with a real example: a picture made by it, or its words."""
    return [
        {
            "path": path_of(each),
            "title": _(each.title),
            "summary": _(each.hint or each.summary),
            "icon": each.makes,
            "current": each is tool,
            "picture": example_picture(each.name),
            "words": example_words(each.name),
        }
        for each in sorted(registry.tools().values(), key=_place)
        if each.medium == tool.medium and not each.hidden
    ]


def example_picture(name: str) -> str:
    """Where a picture made by this tool lies, or ""."""
    file = f"examples/{name}.webp"
    return static(file) if finders.find(file) else ""


def example_words(name: str) -> str:
    """The beginning of a text made by this tool, or ""."""
    found = finders.find(f"examples/{name}.txt")
    if not isinstance(found, str):
        return ""
    with open(found, encoding="utf-8") as file:
        return file.read(WORDS_ON_CARD)


def tries() -> list[Try]:
    """One prompt a medium that runs at once: the example of the medium's first tool."""
    found: dict[str, Try] = {}
    for tool in offered():
        if tool.medium in found or tool.name in OWN_PAGES:
            continue
        if any(works_on(tool.inputs)):
            continue
        found[tool.medium] = Try(
            tool=tool.name,
            title=str(tool.example.get("prompt", tool.title)),
            medium=tool.makes,
            label=medium_name(tool.medium),
            inputs=tool.example,
            words=example_words(tool.name) or str(tool.example.get("prompt", "")),
            picture=example_picture(tool.name),
        )
    return list(found.values())


def uses() -> dict[str, list[dict[str, str]]]:
    """By medium: the tools that take an asset of it, and for text those that take a prompt."""
    found: dict[str, list[dict[str, str]]] = {medium: [] for medium in MEDIA}
    for tool in offered():
        if tool.name in OWN_PAGES:
            continue
        entry = {
            "path": f"/create/{tool.name}/",
            "label": _(tool.title),
            "icon": tool.makes,
            "tool": tool.name,
        }
        for _name, kind in works_on(tool.inputs):
            if kind.medium in found:
                found[kind.medium].append(entry)
                break
        else:
            if any(kind.kind == "prompt" for _name, kind in marked(tool.inputs)):
                found["text"].append(entry)
    return found
