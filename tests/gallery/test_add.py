"""add and upload: what comes in is probed, marked, kept by digest and told to the team."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from PIL import Image

from studio.feeds.models import Event
from studio.gallery import actions, storage
from studio.gallery.actions import add, upload
from studio.gallery.models import Asset, Blob, Lineage
from studio.gallery.probe import Unreadable, probe
from studio.ids import uuid7
from studio.problems import InvalidInputs, TooLarge, Unsupported
from studio.safety.models import Flag
from studio.teams.rights import Actor, NotAllowed, NotThere
from tests.gallery.conftest import People

Picture = Callable[..., Path]
pytestmark = pytest.mark.django_db


def read(asset: Asset) -> bytes:
    with storage.current().open(asset.blob_id) as file:
        return file.read()


def made(people: People, path: Path, **more: Any) -> Asset:
    return add(**{"team": people.team, "author": people.carol, "path": path, **more})


def test_it_works(people: People, picture: Picture) -> None:
    path = picture("fox.png", (600, 400))
    job = uuid7()
    asset = made(
        people,
        path,
        medium="image",
        mime="image/png",
        title=" A  fox ",
        prompt="a red fox",
        tool="image.generate",
        model="small",
        facts={"tool_version": 3, "inputs": {"seed": 7}},
        job_ref=job,
        index=2,
    )
    asset.refresh_from_db()
    assert (asset.medium, asset.mime, asset.width, asset.height, asset.title) == (
        "image",
        "image/png",
        600,
        400,
        "A fox",
    )
    assert asset.blob.bytes == asset.bytes == len(read(asset))
    assert storage.current().exists(asset.blob_id)
    assert asset.thumbnail is not None
    assert asset.preview is not None
    assert asset.facts["inputs"]["seed"] == 7
    assert asset.thumbhash
    with probe(path) as found:
        assert asset.content_digest == found.content_digest


def test_the_file_says_what_it_is_and_its_pixels_stay(people: People, picture: Picture) -> None:
    for name, save in (
        ("a.png", {}),
        ("a.jpg", {}),
        ("a.webp", {"lossless": True}),
        ("b.webp", {"quality": 50}),
    ):
        path = picture(name, (64, 48), **save)
        asset = made(people, path, tool="image.generate", model="small", prompt="secret <words> & “more”")
        image = Image.open(storage.current().open(asset.blob_id))
        image.load()
        xmp = str(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))
        assert "digitalsourcetype/trainedAlgorithmicMedia" in xmp
        assert "image.generate" in xmp
        assert "secret" not in xmp
        assert image.tobytes() == Image.open(path).tobytes()
        assert asset.provenance["written"] is True
        with probe(path) as before, probe(Path(str(storage.current().path(asset.blob_id)))) as after:
            assert before.content_digest == after.content_digest == asset.content_digest


def test_the_prompt_is_written_only_when_somebody_ticks_it(people: People, picture: Picture) -> None:
    asset = made(
        people,
        picture(),
        tool="image.generate",
        model="small",
        prompt="a <b> & \x00 “c”",
        provenance={"include_prompt": True},
    )
    assert b"a &lt;b&gt; &amp;" in read(asset)
    assert asset.provenance["prompt_written"] is True
    xmp = Image.open(storage.current().open(asset.blob_id)).info["xmp"]
    told = ElementTree.fromstring(xmp.decode().partition("?>")[2].rpartition("<?")[0])
    assert "a <b> &  “c”" in [value for node in told.iter() for value in node.attrib.values()]


def test_an_upload_stays_as_it_is(people: People, picture: Picture) -> None:
    path = picture("Holiday in Riga.JPG")
    asset = upload(
        actor=Actor.of(people.carol), team=people.team, path=path, name="C:\\pictures\\Holiday in Riga.JPG"
    )
    assert read(asset) == path.read_bytes()
    assert asset.title == "Holiday in Riga"
    assert asset.provenance["source_type"] == "upload"
    assert asset.tool == ""


def test_where_a_persons_own_picture_stays_in_it_the_mark_says_so(people: People, picture: Picture) -> None:
    photo = upload(actor=Actor.of(people.carol), team=people.team, path=picture("p.jpg"), name="p.jpg")
    painted = made(people, picture(), tool="image.edit", model="m", parents=[(photo.pk, "image")])
    assert painted.provenance["source_type"] == "compositeWithTrainedAlgorithmicMedia"
    again = made(people, picture(), tool="image.edit", model="m", parents=[(painted.pk, "image")])
    assert again.provenance["source_type"] == "compositeWithTrainedAlgorithmicMedia"
    plain = made(people, picture(), tool="image.generate", model="m", parents=[(photo.pk, "parent")])
    assert plain.provenance["source_type"] == "trainedAlgorithmicMedia"
    drawn = made(people, picture(), tool="image.plot")
    assert drawn.provenance["source_type"] == "algorithmicMedia"


def test_every_blob_matches_its_digest(people: People, picture: Picture) -> None:
    """No asset row without readable bytes that match its digest; the same for parts and renditions."""
    parts = [("mask", picture("mask.png", mode="L"), "image/png")]
    made(people, picture("large.png", (900, 700)), tool="image.generate", model="m", parts=parts)
    assert Blob.objects.count() == 4
    for blob in Blob.objects.all():
        with storage.current().open(blob.pk) as file:
            data = file.read()
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" == blob.pk
        assert len(data) == blob.bytes


def test_text(people: People, written: Callable[[str], Path]) -> None:
    asset = made(people, written("# Hello\nworld"), medium="text", mime="text/markdown", tool="text.write")
    assert (asset.medium, asset.mime, asset.text, asset.thumbnail) == (
        "text",
        "text/markdown",
        "# Hello\nworld",
        None,
    )
    assert read(asset) == b"# Hello\nworld"


def test_family_and_parts(
    people: People, picture: Picture, asset: Callable[..., Asset], tmp_path: Path
) -> None:
    parent, stranger = asset(), uuid7()
    mask = picture("mask.png", mode="L")
    child = made(
        people,
        picture(),
        tool="image.edit",
        parents=[(parent.pk, "parent"), (parent.pk, "image"), (parent.pk, "image"), (stranger, "image")],
        parts=[("mask", mask, "image/png")],
    )
    links = Lineage.objects.filter(child=child).order_by("role").values_list("parent_id", "role")
    assert list(links) == [(parent.pk, "image"), (parent.pk, "parent")]
    assert child.parts.get().blob.bytes == mask.stat().st_size


def test_a_parent_of_another_team_is_left_out(
    people: People, asset: Callable[..., Asset], picture: Picture
) -> None:
    theirs = asset(team=people.otto.personal_team, author=people.otto)
    child = made(people, picture(), tool="image.edit", parents=[(theirs.pk, "parent")])
    assert not child.parent_links.exists()


def test_a_photo_of_another_team_counts_for_the_mark(people: People, picture: Picture) -> None:
    carol = people.carol
    photo = upload(actor=Actor.of(carol), team=carol.personal_team, path=picture("p.jpg"), name="p.jpg")
    painted = made(people, picture(), tool="image.edit", model="m", parents=[(photo.pk, "image")])
    assert painted.provenance["source_type"] == "compositeWithTrainedAlgorithmicMedia"
    assert not painted.parent_links.exists()


def test_an_index_of_a_job_is_stored_once(people: People, picture: Picture) -> None:
    job = uuid7()
    first = made(people, picture(), job_ref=job, tool="t")
    with pytest.raises(actions.AlreadyStored) as again:
        made(people, picture(), job_ref=job, tool="t")
    assert again.value.asset == first
    made(people, picture(), job_ref=job, index=1, tool="t")
    assert Asset.objects.count() == 2


def test_also_runs_in_the_same_transaction(people: People, picture: Picture) -> None:
    seen: list[Asset] = []
    asset = made(people, picture(), also=seen.append)
    assert seen == [asset]

    def refuse(asset: Asset) -> None:
        raise RuntimeError("the lease is gone")

    with pytest.raises(RuntimeError, match="lease"):
        made(people, picture(), also=refuse)
    assert Asset.objects.count() == 1


def test_the_team_is_told_of_an_upload(people: People, picture: Picture) -> None:
    asset = upload(actor=Actor.of(people.carol), team=people.team, path=picture(), name="a.png")
    event = Event.objects.get(feed=f"team:{people.team.pk}", kind="asset")
    assert event.data == {"asset": str(asset.pk), "job": None, "medium": "image", "listed": True}


def test_nothing_is_left_of_what_is_refused(people: People, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.raises(Unreadable):
        made(people, path)
    with pytest.raises(Unsupported, match="broken") as refused:
        upload(actor=Actor.of(people.carol), team=people.team, path=path, name="broken.png")
    assert refused.value.errors[0]["loc"] == ["file"]
    assert not Asset.objects.exists()
    assert not Blob.objects.exists()


def test_too_wide(people: People, picture: Picture) -> None:
    with pytest.raises(TooLarge, match="32,768"):
        made(people, picture("strip.png", (40_000, 1), "L"))
    assert Flag.objects.get().stage == "after"


def test_who_may_upload(people: People, picture: Picture) -> None:
    path = picture()
    for user, error in ((people.victor, NotAllowed), (people.rita, NotAllowed), (people.otto, NotThere)):
        with pytest.raises(error):
            upload(actor=Actor.of(user), team=people.team, path=path, name="a.png")
    with pytest.raises(InvalidInputs):
        upload(actor=Actor.of(people.carol), team=people.team, path=path, medium="smell")


@pytest.mark.django_db(transaction=True)
def test_two_adds_of_one_file_at_once(people: People, picture: Picture) -> None:
    path = picture()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            made(people, path, tool="t")
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed
    assert Asset.objects.count() == 3
    assert Asset.objects.values("blob").distinct().count() == 1
