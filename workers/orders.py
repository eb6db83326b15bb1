"""From a claimed row to the order that its child gets."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from generators.fields import asset_refs
from generators.registry import get as get_tool
from generators.tool import Inputs
from studio.catalog import actions as catalog
from studio.catalog.models import ModelCard, ModelState
from studio.gallery import storage
from studio.gallery.models import Asset
from studio.jobs import addons
from studio.jobs.actions.store import stored_indexes
from studio.jobs.models import Job
from studio.problems import ModelUnavailable, NotFound
from workers.messages import AssetPlace, ModelPlace, Run
from workers.slots import Slot

if TYPE_CHECKING:
    from workers.node import ThisNode


def inputs_of(job: Job) -> Inputs:
    """What the job was asked for, as its tool's own class."""
    return get_tool(job.tool).inputs.model_validate(job.inputs)


def model_place(job: Job) -> ModelPlace | None:
    """The job's model where it lies; ModelUnavailable where it has gone since the job was accepted."""
    if not job.model_name:
        return None
    rows = ModelCard.objects.filter(Q(team=None) | Q(team=job.team_id), name=job.model_name)
    cards = [card for card in rows if card.state == ModelState.INSTALLED]
    card = next((card for card in cards if card.digest == job.model_digest), None)
    if card is None:
        raise ModelUnavailable(
            _("The model %(name)s that this job was accepted for is no longer installed.")
            % {"name": job.model_name}
        )
    return ModelPlace(**catalog.files(card))


def asset_places(job: Job, scratch: Path) -> list[AssetPlace]:
    """Private copies of the assets that the inputs name, in the scratch folder."""
    places = []
    for number, (_field, ref, _medium) in enumerate(asset_refs(inputs_of(job))):
        asset = Asset.objects.filter(pk=ref).first()
        if asset is None:
            raise NotFound(_("An asset that this job works on has been deleted for good."))
        path = scratch / f"input-{number}"
        with storage.current().open(asset.blob_id) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 2**20)
        places.append(AssetPlace(id=ref, path=str(path), medium=asset.medium, mime=asset.mime))
    return places


def order_for(job: Job, scratch: Path, *, node: ThisNode, slot: Slot, evict: list[str]) -> Run:
    """The order that runs this attempt."""
    return Run(
        job=str(job.pk),
        attempt=job.attempt,
        tool=job.tool,
        inputs=job.inputs,
        seed=int(job.inputs.get("seed") or 0),
        scratch=str(scratch),
        device=node.torch_device if job.lane != "io" else "cpu",
        threads=slot.threads,
        model=model_place(job),
        addons=[ModelPlace(**place) for place in addons.places(inputs_of(job), job.team_id)],
        assets=asset_places(job, scratch),
        stored=stored_indexes(job),
        evict=evict,
    )
