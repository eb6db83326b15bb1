"""A text is revised by hand: a new asset each time, and nobody's words go over somebody else's unseen."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from studio.gallery import storage, texts
from studio.gallery.models import Asset, Lineage
from studio.gallery.revisions import before, revisions_of
from studio.teams.models import User
from studio.teams.rights import Actor
from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db
MakeAsset = Callable[..., Asset]
SignIn = Callable[[User], Client]


def revise(client: Client, asset: Asset, text: str, **more: Any) -> Any:
    return client.post(
        f"/api/v1/assets/{asset.pk}/revisions", {"text": text, **more}, content_type="application/json"
    )


def test_it_works(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first = asset(text="# A log\r\n\r\nWind", title="Log", mime="text/markdown")
    answer = revise(signed_in(people.carol), first, "# A log\n\nCalm 🚢 e\u0301", after=str(first.pk))
    assert answer.status_code == 201
    told = answer.json()
    assert (told["title"], told["mime"], told["tool"]) == ("Log", "text/markdown", None)
    assert told["parents"] == [{"id": str(first.pk), "role": "parent"}]
    assert told["facts"] == {"edited": True}
    made = Asset.objects.get(pk=told["id"])
    assert texts.read(made) == "# A log\n\nCalm 🚢 e\u0301"
    assert texts.read(first) == "# A log\r\n\r\nWind"  # as it was
    assert [each.pk for each in revisions_of(Actor.of(people.victor), first)] == [first.pk, made.pk]


def test_a_newer_revision_is_told_and_nothing_is_kept(
    people: People, asset: MakeAsset, signed_in: SignIn
) -> None:
    first = asset(text="one")
    theirs = revise(signed_in(people.alice), first, "theirs", after=str(first.pk)).json()
    refused = revise(signed_in(people.carol), first, "mine", after=str(first.pk))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/newer-revision")
    assert not Asset.objects.filter(text="mine").exists()
    newest = signed_in(people.carol).get(f"/api/v1/assets/{first.pk}/revisions").json()["items"][-1]
    assert newest["id"] == theirs["id"]
    kept = revise(signed_in(people.carol), Asset.objects.get(pk=theirs["id"]), "mine", after=theirs["id"])
    assert kept.status_code == 201
    assert Lineage.objects.get(child=kept.json()["id"]).parent_id == uuid.UUID(theirs["id"])


def test_without_after_it_is_kept_beside(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first = asset(text="one")
    assert revise(signed_in(people.carol), first, "two").status_code == 201
    assert revise(signed_in(people.carol), first, "three").status_code == 201
    assert len(revisions_of(Actor.of(people.carol), first)) == 3


@pytest.mark.parametrize("text", ["", " \n", "x" * (texts.LONGEST + 1), "a\x00b"])
def test_what_is_no_text_is_refused(people: People, asset: MakeAsset, signed_in: SignIn, text: str) -> None:
    first = asset()
    assert revise(signed_in(people.carol), first, text).status_code == 422
    assert Asset.objects.count() == 1


def test_a_picture_has_no_words(people: People, picture: Callable[..., Any], signed_in: SignIn) -> None:
    from studio.gallery import actions

    made = actions.add(team=people.team, author=people.carol, path=picture())
    assert revise(signed_in(people.carol), made, "words").status_code == 415


def test_what_a_person_changed_in_a_models_words_says_so(people: People, asset: MakeAsset) -> None:
    actor = Actor.of(people.carol)
    by_model = asset(model="smollm2", tool="text.write")
    revised = texts.revise(actor, by_model, "other words")
    assert by_model.provenance["source_type"] == "trainedAlgorithmicMedia"
    assert revised.provenance["source_type"] == "compositeWithTrainedAlgorithmicMedia"
    own = asset(tool="")
    assert texts.revise(actor, own, "more").provenance["source_type"] == own.provenance["source_type"]


def test_an_unlisted_text_stays_its_authors(people: People, asset: MakeAsset) -> None:
    private = asset(listed=False)
    made = texts.revise(Actor.of(people.carol), private, "still mine")
    assert not made.listed
    assert revisions_of(Actor.of(people.carol), private) == [private, made]
    assert before(made, [private, made]) == private
    assert before(private, [private, made]) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_do_not_both_come_first(people: People, asset: MakeAsset) -> None:
    first = asset(text="one")
    gate = threading.Barrier(2)
    came: list[str] = []

    def save(who: User) -> None:
        gate.wait()
        try:
            texts.revise(Actor.of(who), first, f"by {who.name}", after=first.pk)
            came.append("kept")
        except texts.NewerRevision:
            came.append("newer")
        finally:
            connection.close()

    hands = [threading.Thread(target=save, args=[who]) for who in (people.alice, people.carol)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(came) == ["kept", "newer"]
    assert storage.current() is not None
    assert Asset.objects.count() == 2


def test_the_page_that_edits(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first = asset(text="\n# A log\r\nWind <b>", mime="text/markdown")
    texts.revise(Actor.of(people.alice), first, "newer")
    html = signed_in(people.carol).get(f"/assets/{first.pk}/edit/").content.decode()
    assert ">\n\n# A log\nWind &lt;b&gt;</textarea>" in html  # a browser drops the first line end
    assert "Revision 2 is newer than this one." in html
    page = signed_in(people.carol).get(f"/assets/{first.pk}/").content.decode()
    assert f'href="/assets/{first.pk}/edit/"' in page
    assert f'href="/canvas/{first.pk}/"' not in page
    assert (
        f'href="/assets/{first.pk}/edit/"'
        not in signed_in(people.victor).get(f"/assets/{first.pk}/").content.decode()
    )
    assert signed_in(people.victor).get(f"/assets/{first.pk}/edit/").status_code == 403
    assert signed_in(people.otto).get(f"/assets/{first.pk}/edit/").status_code == 404


def test_what_cannot_be_edited_says_why(
    people: People, asset: MakeAsset, picture: Callable[..., Any], signed_in: SignIn
) -> None:
    from studio.gallery import actions

    made = actions.add(team=people.team, author=people.carol, path=picture())
    assert signed_in(people.carol).get(f"/assets/{made.pk}/edit/").status_code == 404
    binned = asset()
    actions.delete(Actor.of(people.carol), [binned])
    assert "in the bin" in signed_in(people.carol).get(f"/assets/{binned.pk}/edit/").content.decode()
    long = asset(text="word " * 300_000)
    assert (
        "longer than the editor takes"
        in signed_in(people.carol).get(f"/assets/{long.pk}/edit/").content.decode()
    )
