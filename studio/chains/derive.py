"""The chain behind an asset: what was done, step by step, until it was there; read from what assets say of themselves."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from generators.fields import ASSET_KINDS, asset_refs, marker
from generators.registry import tools
from generators.tool import Tool
from studio.chains.steps import MOST, Blank, Kept, Result, Same, Source, Step
from studio.gallery.actions import visible
from studio.gallery.models import Asset, Lineage, Medium
from studio.problems import InvalidInputs
from studio.teams.rights import Actor

WORDS_FROM = 20  # characters from which on a prompt that equals a text of the team's is taken for that text


def steps_of(actor: Actor, asset: Asset) -> list[Step]:
    """The steps that led to it, the last of which made it. InvalidInputs where no tool did, or there are too many.

    What was uploaded, and prompts, become blanks; seeds are left to chance; defaults are left to the tools.
    """
    walk = _Walk(actor, asset)
    if walk.place_of(asset) is None:
        raise InvalidInputs(_("No tool of this studio made it, so there is nothing to do again."))
    return walk.steps


class _Walk:
    def __init__(self, actor: Actor, asset: Asset) -> None:
        self.actor, self.team = actor, asset.team_id
        self.steps: list[Step] = []
        self._places: dict[uuid.UUID, int] = {}

    def place_of(self, asset: Asset | None) -> int | None:
        """The number of the step that made an asset, which is put after those that it needs; None where no tool did."""
        tool = tools().get(asset.tool) if asset else None
        if asset is None or tool is None or tool.hidden:
            return None
        key = asset.job_ref or asset.pk
        if key not in self._places:
            try:
                inputs = tool.inputs.model_validate(asset.facts.get("inputs") or {})
            except ValidationError:  # the tool has changed since
                return None
            self._places[key] = 0  # while it is looked at: nothing is made from itself
            step = self._step(asset, tool, inputs)
            if len(self.steps) >= MOST:
                raise InvalidInputs(_("A chain has at most %(most)d steps; this has more.") % {"most": MOST})
            self.steps.append(step)
            self._places[key] = len(self.steps)
        return self._places[key] or None

    def _step(self, asset: Asset, tool: Tool, inputs: Any) -> Step:
        revises = self._revised(asset)  # what it was made from first: its words are asked for there
        sources: dict[str, Source] = {}
        for name, ref, _medium in asset_refs(inputs):
            if name not in sources:
                sources[name] = self._made(ref) or Blank()
        for name, info in tool.inputs.model_fields.items():
            kind, value = marker(info), getattr(inputs, name)
            if kind is not None and kind.kind in (*ASSET_KINDS, "seed"):
                continue
            if kind is not None and kind.kind == "prompt":
                sources[name] = self._words(value)
            elif info.is_required() or value != info.get_default(call_default_factory=True):
                sources[name] = Kept(value=inputs.model_dump(mode="json")[name])
        return Step(tool=tool.name, inputs=sources, revises=revises)

    def _made(self, ref: str) -> Result | None:
        found = visible(self.actor).filter(pk=ref, team=self.team).first()
        place = self.place_of(found)
        return Result(kind="asset", step=place, index=found.index) if found and place else None

    def _revised(self, asset: Asset) -> Result | None:
        link = Lineage.objects.filter(child=asset, role="parent").order_by("-pk").first()
        return self._made(str(link.parent_id)) if link else None

    def _words(self, words: str) -> Source:
        """A prompt: what an earlier step was given, the words that a text of the team's has, or a blank."""
        for number, step in enumerate(self.steps, 1):
            for name, source in step.inputs.items():
                if isinstance(source, Blank) and source.value == words:
                    return Same(step=number, input=name)
        if len(words) >= WORDS_FROM:
            # As the probe digests a text, so that its index finds it.
            digest = "sha256:" + hashlib.sha256(b"text\n" + words.encode()).hexdigest()
            shown = visible(self.actor).filter(team=self.team, listed=True, deleted_at=None)
            texts = shown.filter(content_digest=digest, medium=Medium.TEXT).exclude(tool="")
            text = texts.order_by("-pk").first()
            place = self.place_of(text)
            if text and place:
                return Result(kind="text", step=place, index=text.index)
        return Blank(value=words)
