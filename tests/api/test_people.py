"""Teams, members and invitations."""

from __future__ import annotations

from collections.abc import Callable

from studio.teams import actions
from studio.teams.models import Team, User
from tests.api.conftest import Api


def test_a_team_is_made_and_read(me: Api) -> None:
    made = me.post("teams", {"name": "Lanterns"})
    assert made.status_code == 201
    found = me.get(f"teams/{made.json()['id']}").json()
    assert found == made.json()
    assert found["role"] == "owner"
    assert found["personal"] is False


def test_lists_are_pages_newest_first(me: Api) -> None:
    for n in range(4):
        me.post("teams", {"name": f"Team {n}"})
    first = me.get("teams", limit=2).json()
    assert [team["name"] for team in first["items"]] == ["Team 3", "Team 2"]
    second = me.get("teams", limit=2, cursor=first["next"]).json()
    assert [team["name"] for team in second["items"]] == ["Team 1", "Team 0"]
    rest = me.get("teams", cursor=second["next"]).json()
    assert rest["next"] is None


def test_a_team_of_others_is_not_there(
    team: Team, person: Callable[[str], User], as_user: Callable[..., Api]
) -> None:
    outsider = as_user(person("outsider"))
    assert outsider.get(f"teams/{team.pk}").status_code == 404
    assert outsider.get("members", team=str(team.pk)).status_code == 404
    assert outsider.post("invitations", {"team": str(team.pk)}).status_code == 404
    assert str(team.pk) not in outsider.get("members").content.decode()


def test_members_are_listed_and_change_roles(me: Api, team: Team, person: Callable[[str], User]) -> None:
    person("viewer")
    found = me.get("members", team=str(team.pk)).json()["items"]
    assert [member["role"] for member in found] == ["viewer", "owner"]
    changed = me.patch(f"members/{found[0]['id']}", {"role": "creator"})
    assert changed.json()["role"] == "creator"
    assert me.delete(f"members/{found[0]['id']}").status_code == 204
    assert len(me.get("members", team=str(team.pk)).json()["items"]) == 1


def test_members_are_pages(me: Api, team: Team, person: Callable[[str], User]) -> None:
    person("viewer")
    first = me.get("members", team=str(team.pk), limit=1).json()
    second = me.get("members", team=str(team.pk), limit=1, cursor=first["next"]).json()
    assert [first["items"][0]["role"], second["items"][0]["role"]] == ["viewer", "owner"]
    assert second["next"] is None


def test_who_may_not(me: Api, team: Team, person: Callable[[str], User], as_user: Callable[..., Api]) -> None:
    viewer = as_user(person("viewer"))
    mine, owner = me.get("members", team=str(team.pk)).json()["items"]
    assert viewer.patch(f"members/{mine['id']}", {"role": "owner"}).status_code == 403
    assert viewer.delete(f"members/{owner['id']}").status_code == 403
    assert viewer.post("invitations", {"team": str(team.pk)}).status_code == 403
    assert as_user(person("outsider")).patch(f"members/{mine['id']}", {"role": "owner"}).status_code == 404


def test_the_last_owner_stays(me: Api, team: Team) -> None:
    [owner] = me.get("members", team=str(team.pk)).json()["items"]
    refused = me.delete(f"members/{owner['id']}")
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/refused"


def test_an_invitation_lets_somebody_in_once(me: Api, team: Team) -> None:
    made = me.post("invitations", {"team": str(team.pk), "role": "reviewer"}).json()
    word = made["url"].rstrip("/").rpartition("/")[2]
    guest = actions.create_user(email="guest@example.org", name="Guest")
    assert actions.accept_invitation(user=guest, token=word).role == "reviewer"
    assert actions.find_invitation(word) is None


def test_an_invitation_is_withdrawn(me: Api, team: Team) -> None:
    made = me.post("invitations", {"team": str(team.pk)}).json()
    assert me.delete(f"invitations/{made['id']}").status_code == 204
    assert actions.find_invitation(made["url"].rstrip("/").rpartition("/")[2]) is None
