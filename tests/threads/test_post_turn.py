"""post_turn: a job of text.chat with the talk of its branch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere
from studio.threads import actions
from studio.threads.json import thread_with_turns
from studio.threads.models import Thread, Turn

Say = Callable[..., Turn]
Answer = Callable[[Turn, str], Turn]


def said(turn: Turn) -> list[tuple[str, str]]:
    assert turn.job is not None
    return [(message["role"], message["content"]) for message in turn.job.inputs["messages"]]


def test_it_works(say: Say, answer: Answer, thread: Thread, team: Team) -> None:
    turn = say("  What is the sea?\n", temperature=0.2)
    assert turn.job is not None
    assert (turn.job.tool, turn.job.team, turn.job.listed) == ("text.chat", team, False)
    assert turn.job.inputs["temperature"] == 0.2
    assert turn.job.model_name == "talker"
    assert said(turn) == [("user", "What is the sea?")]
    thread.refresh_from_db()
    assert thread.title == "What is the sea?"
    answer(turn, "Water.")
    [told] = thread_with_turns(thread)["turns"]
    assert (told["text"], told["state"], told["kept"]) == ("Water.", "succeeded", False)
    assert (told["model_title"], told["notes"]) == ("Talker", ["A note."])
    assert told["asset"]


def test_the_talk_before_goes_along(say: Say, answer: Answer, thread: Thread, bob: User) -> None:
    actions.rename(Actor.of(bob), thread, system="Be brief.")
    one = answer(say("One?"), "1")
    two = answer(say("Two?", one), "2")
    three = say("Three?", two)
    assert said(three) == [
        ("system", "Be brief."),
        ("user", "One?"),
        ("assistant", "1"),
        ("user", "Two?"),
        ("assistant", "2"),
        ("user", "Three?"),
    ]


def test_branches_do_not_know_of_each_other(say: Say, answer: Answer, thread: Thread) -> None:
    root = answer(say("Root?"), "r")
    left = answer(say("Left?", root), "l")
    right = say("Right?", root)
    assert said(right) == [("user", "Root?"), ("assistant", "r"), ("user", "Right?")]
    told = {turn["id"]: turn["parent"] for turn in thread_with_turns(thread)["turns"]}
    assert told == {str(root.pk): None, str(left.pk): str(root.pk), str(right.pk): str(root.pk)}


def test_what_was_written_before_a_stop_counts(
    say: Say, claim: Callable[[Turn], Job], thread: Thread
) -> None:
    turn = say("Tell me a story.")
    job = claim(turn)
    jobs.record(job, "token", {"text": "Once upon "})
    jobs.record(job, "token", {"text": "a time"})
    jobs.finish(job, state="cancelled")
    assert thread_with_turns(thread)["turns"][0]["text"] == "Once upon a time"
    assert said(say("Go on.", turn)) == [
        ("user", "Tell me a story."),
        ("assistant", "Once upon a time"),
        ("user", "Go on."),
    ]


def test_a_turn_without_an_answer_is_left_out(say: Say, claim: Callable[[Turn], Job], thread: Thread) -> None:
    turn = say("Tell me a story.")
    jobs.finish(claim(turn), state="failed", error={"kind": "x", "message": "It broke.", "retryable": True})
    assert thread_with_turns(thread)["turns"][0]["error"] == "It broke."
    assert said(say("Go on.", turn)) == [("user", "Go on.")]


def test_while_it_is_being_answered_the_next_has_to_wait(say: Say) -> None:
    with pytest.raises(Conflict, match="still being written"):
        say("And?", say("First?"))


def test_the_same_key_gives_the_same_turn(bob: User, thread: Thread) -> None:
    actor = Actor.of(bob)
    turns = [actions.post_turn(actor, thread, "Hi", idempotency_key="k").pk for _ in range(2)]
    assert turns[0] == turns[1]
    assert Turn.objects.count() == Job.objects.count() == 1


def test_the_title_is_cut_at_a_word(say: Say, thread: Thread) -> None:
    say("A question, " * 20)
    thread.refresh_from_db()
    assert len(thread.title) <= 61
    assert thread.title.endswith("question…") or thread.title.endswith("A…")


@pytest.mark.parametrize(
    ("prompt", "inputs", "field"),
    [
        (" \n", {}, "prompt"),
        ("Hi", {"messages": []}, "inputs"),
        ("Hi", {"temperature": 9}, "temperature"),
        ("Hi", {"colour": 1}, "colour"),
    ],
)
def test_what_is_refused(say: Say, prompt: str, inputs: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputs) as caught:
        say(prompt, **inputs)
    assert caught.value.errors[0]["loc"][0] == field
    assert not Turn.objects.exists()


def test_a_turn_of_another_thread_is_no_parent(bob: User, team: Team, say: Say, answer: Answer) -> None:
    elsewhere = actions.start(Actor.of(bob), team)
    with pytest.raises(InvalidInputs):
        actions.post_turn(Actor.of(bob), elsewhere, "Hi", answer(say("One?"), "1"))


def test_who_may_not(thread: Thread, alice: User, charlie: User, bob: User) -> None:
    for user in (alice, charlie):
        with pytest.raises(NotThere):
            actions.get_visible(Actor.of(user), thread.pk)
        assert not actions.visible(Actor.of(user)).exists()
    with pytest.raises(NotThere):
        actions.post_turn(Actor.of(charlie), thread, "Hi")
    bob.memberships.filter(team=thread.team).update(role="viewer")
    assert actions.get_visible(Actor.of(bob), thread.pk) == thread, "reading is still theirs"
    with pytest.raises(NotAllowed):
        actions.post_turn(Actor.of(bob), thread, "Hi")
