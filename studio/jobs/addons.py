"""The further models that inputs name (LoRA, ControlNet, IP-Adapter): looked up at submit, refused where they do not fit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from generators.fields import FieldType, LoraUse, addon_names, asks_for, marked
from generators.image import bases, prompt_grammar
from generators.image.control import kind_of
from generators.tool import Inputs
from studio.catalog import actions as catalog
from studio.catalog.models import ModelCard, ModelState
from studio.problems import InvalidInputs, ModelUnavailable
from studio.teams.models import Team
from studio.teams.rights import Actor


def settle(inputs: Inputs, card: ModelCard | None, actor: Actor, team: Team) -> tuple[dict[str, Any], int]:
    """(inputs that change: names in full, add-ons found where none was named, LoRAs that the prompt names; bytes of memory
    they ask for besides).

    ModelUnavailable and InvalidInputs name the field.
    """
    changes: dict[str, Any] = {}
    found: dict[str, ModelCard] = {}
    for field, kind in marked(type(inputs)):
        value = getattr(inputs, field)
        if kind.kind == "loras":
            text, value = _from_words(inputs, field, actor, team)
            if not value:
                continue
            changes |= text
            rows = [_resolve(field, use.model, str(kind.task), card, actor, team) for use in value]
            changes[field] = [
                use.model_copy(update={"model": row.name}) for use, row in zip(value, rows, strict=True)
            ]
        elif kind.kind == "addon" and asks_for(inputs, kind):
            if value:
                rows = [_resolve(field, value, str(kind.task), card, actor, team)]
            else:
                rows = _like(kind, card, str(getattr(inputs, kind.match, "")), team)
            changes[field] = rows[0].name if rows else None
        else:
            continue
        found |= {row.name: row for row in rows}
    return changes, sum(row.memory_bytes for row in found.values())


def places(inputs: Inputs, team_id: Any) -> list[dict[str, Any]]:
    """Where the add-ons of stored inputs lie; ModelUnavailable where one has gone since."""
    found = []
    for name in addon_names(inputs):
        rows = catalog.usable(team_id).filter(name=name, state=ModelState.INSTALLED)
        card = min(rows, key=lambda row: row.team_id is None, default=None)
        if card is None:
            words = _("The model %(name)s that this job was accepted for is no longer installed.")
            raise ModelUnavailable(words % {"name": name})
        found.append(catalog.files(card))
    return found


def _from_words(inputs: Inputs, field: str, actor: Actor, team: Team) -> tuple[dict[str, Any], list[LoraUse]]:
    """(the prompt without its `<lora:name:weight>` words whose LoRAs are installed, all LoRAs of the inputs).

    A word goes before the field's choice of the same LoRA; one whose name nothing has stays text.
    """
    uses: list[LoraUse] = getattr(inputs, field)
    prompt = next((name for name, kind in marked(type(inputs)) if kind.kind == "prompt"), "")
    text = str(getattr(inputs, prompt, ""))
    words = prompt_grammar.lora_words(text)
    if not words:
        return {}, uses
    rows = list(catalog.usable(team.pk).filter(task="lora", state=ModelState.INSTALLED))
    rows.sort(key=lambda row: row.team_id is None)
    known = {
        word: row.name
        for word in words
        if (row := next((row for row in rows if catalog.called(word.name, row)), None))
    }
    kept = prompt_grammar.without_words(text, known)
    if not kept:
        raise InvalidInputs.at(prompt, _("Beside the LoRA, say what to draw."), text)
    said = {name: {"model": name, "weight": word.weight} for word, name in known.items()}
    others = [use.model_dump() for use in uses if use.model not in said]
    try:
        changed = type(inputs).model_validate(
            inputs.model_dump() | {prompt: kept, field: [*others, *said.values()]}
        )
    except ValidationError as error:
        raise InvalidInputs.at(prompt, str(error.errors()[0]["msg"]), text) from None
    return {prompt: kept}, getattr(changed, field)


def _resolve(field: str, name: str, task: str, card: ModelCard | None, actor: Actor, team: Team) -> ModelCard:
    """The add-on of this name; refused where it is known to be made for another base than the job's model."""
    try:
        row = catalog.resolve(name, task, actor, team)
    except ModelUnavailable as problem:
        errors = [{"loc": [field], "msg": problem.detail, "input": name[:80]}]
        raise ModelUnavailable(problem.detail, errors=errors) from None
    if card is not None and bases.unlike(base_of(row), base_of(card)):
        words = _("%(addon)s was made for %(its)s; %(model)s is %(other)s. Choose another of the two.") % {
            "addon": row.title,
            "its": bases.title(base_of(row)),
            "model": card.title,
            "other": bases.title(base_of(card)),
        }
        raise InvalidInputs(words, errors=[{"loc": [field], "msg": words, "input": name[:80]}])
    return row


def _like(field: FieldType, card: ModelCard | None, kind: str, team: Team) -> list[ModelCard]:
    """Installed add-ons for a field that fit the model, best first; of the kind asked for, or of one not known."""
    if card is None:
        return []
    rows = catalog.usable(team.pk).filter(task=field.task, state=ModelState.INSTALLED)
    rows = rows.order_by("-rank", "-created_at")
    if field.when:  # the built-in model starts from the picture as it is
        return [] if base_of(card) == "pocket" else list(rows)
    fitting = [row for row in rows if base_of(row) and base_of(row) == base_of(card)]
    kinds = {row.pk: kind_of(f"{row.name} {row.title}") for row in fitting}
    if kind_of(kind):  # a picture that is taken as it is suits any
        fitting = [row for row in fitting if kinds[row.pk] in ("", kind)]
    return sorted(fitting, key=lambda row: kinds[row.pk] != kind)


def base_of(card: ModelCard) -> str:
    """What a model is built on; "" where its card does not tell."""
    if card.format == "pocket":
        return "pocket"
    return str(card.meta.get("base") or bases.of_pipeline(str(card.meta.get("pipeline", ""))))
