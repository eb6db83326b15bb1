"""Judges a storm from outside: the recorder's story, the public API and the folder of blobs, nothing else."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.faults.kept import Kept
from tests.faults.recorder import ENDED, Asked, Recorder

STUCK_S = 30.0


@dataclass(frozen=True)
class Found:
    """A broken promise. kind: lost, final, gap, order, changed, duplicate, asset, digest, stuck, answer, orphan."""

    kind: str
    where: str
    words: str


def check_jobs(recorder: Recorder, ids: Iterable[str], *, stuck_s: float = STUCK_S) -> list[Found]:
    """Each accepted job: there, ended once, in a state that it may end in, with events without gaps and its assets."""
    found: list[Found] = []
    for job_id in ids:
        asked = recorder.jobs[job_id]
        answer = recorder.ask("GET", f"/api/v1/jobs/{job_id}")
        if answer.status_code != 200:
            found.append(Found("lost", job_id, f"it was accepted; now {answer.status_code}"))
            continue
        job = recorder.wait(job_id, seconds=stuck_s)
        if job["state"] not in ENDED:
            words = f"after {stuck_s:.0f} s it is {job['state']}: {job['waiting_for']}"
            found.append(Found("stuck", job_id, words))
            continue
        if job["state"] not in asked.may:
            found.append(Found("lost", job_id, f"it ended {job['state']}: {job['error']}"))
        found += _events(recorder, asked, job)
        found += _assets(asked, job)
    return found


def _events(recorder: Recorder, asked: Asked, job: dict[str, Any]) -> list[Found]:
    found = [Found("changed", asked.id, words) for words in asked.changed]
    events: list[dict[str, Any]] = []
    while True:
        params = {"after": len(events)}
        more = recorder.ask("GET", f"/api/v1/jobs/{asked.id}/events", params=params).json()["events"]
        if not more:
            break
        events += more
    numbers = [event["n"] for event in events]
    if numbers != list(range(1, job["last_n"] + 1)):
        found.append(Found("gap", asked.id, f"numbers {numbers}, and the last should be {job['last_n']}"))
    for event in events:
        seen = asked.seen.get(event["n"])
        told_anew = event["kind"] == "progress" and seen is not None and seen["kind"] == "progress"
        if seen is not None and seen != event and not (told_anew and recorder.database_died):
            found.append(Found("changed", asked.id, f"seen as {seen}, now {event}"))
    beyond = sorted(set(asked.seen) - set(numbers))
    if beyond:
        found.append(Found("gap", asked.id, f"events {beyond} were seen and are gone"))
    attempts = [event["attempt"] for event in events]
    if attempts != sorted(attempts):
        found.append(Found("order", asked.id, f"an attempt spoke after the next one: {attempts}"))
    finals = [event["state"] for event in events if event["kind"] == "state" and event.get("final")]
    if finals != [job["state"]] or not (events and events[-1].get("final")):
        last = events[-1]["kind"] if events else "nothing"
        found.append(
            Found("final", asked.id, f"final states {finals}, the job is {job['state']}, last: {last}")
        )
    shown = Counter(event["index"] for event in events if event["kind"] == "asset")
    if any(times > 1 for times in shown.values()):
        found.append(Found("duplicate", asked.id, f"asset events by index: {dict(shown)}"))
    progress: dict[int, float] = {}
    for event in events:
        if event["kind"] == "progress":
            if event["progress"] < progress.get(event["attempt"], 0.0):
                found.append(Found("order", asked.id, "progress fell within an attempt"))
            progress[event["attempt"]] = event["progress"]
    return found


def _assets(asked: Asked, job: dict[str, Any]) -> list[Found]:
    indexes = sorted(asset["index"] for asset in job["assets"])
    if len(indexes) != len(set(indexes)):
        return [Found("duplicate", asked.id, f"assets at {indexes}")]
    if job["state"] == "succeeded" and indexes != list(range(asked.count)):
        words = f"it succeeded with assets at {indexes}, {asked.count} were asked for"
        return [Found("asset", asked.id, words)]
    return []


def check_gallery(recorder: Recorder, blobs: Kept, *, ids: Iterable[str] | None = None) -> list[Found]:
    """Every asset: of a job that names it, once an index, its bytes as its digest says; every blob as its name says."""
    found: list[Found] = []
    wanted = set(ids) if ids is not None else None
    places: Counter[tuple[str, int]] = Counter()
    listed: dict[str, set[str]] = {}
    for asset in recorder.assets():
        if asset["job"] is None:
            sent = recorder.uploads.get(asset["id"])
            if sent is not None and asset["digest"] != f"sha256:{sent}":
                found.append(Found("digest", asset["id"], "it is not what was sent"))
        else:
            if wanted is not None and asset["job"] not in wanted:
                continue
            places[asset["job"], asset["index"]] += 1
            listed.setdefault(asset["job"], set()).add(asset["id"])
        found += _bytes(recorder, asset, blobs)
    found += [
        Found("duplicate", job, f"{times} assets at index {index}")
        for (job, index), times in places.items()
        if times > 1
    ]
    for job_id in wanted if wanted is not None else recorder.jobs:
        named = {asset["id"] for asset in recorder.job(job_id)["assets"]}
        if named != listed.get(job_id, set()):
            found.append(Found("asset", job_id, "the job and the gallery name other assets"))
    return found + check_blobs(blobs)


def _bytes(recorder: Recorder, asset: dict[str, Any], blobs: Kept) -> list[Found]:
    found = []
    content = recorder.ask("GET", asset["urls"]["content"])
    digest = hashlib.sha256(content.content).hexdigest()
    if content.status_code != 200 or f"sha256:{digest}" != asset["digest"]:
        words = f"{content.status_code}, {len(content.content)} bytes of sha256:{digest}"
        found.append(Found("digest", asset["id"], f"{words}; it should be {asset['digest']}"))
    name = asset["digest"].partition(":")[2]
    if not blobs.has(name):
        found.append(Found("digest", asset["id"], "there is no blob of its digest"))
    for rendition in ("thumbnail", "preview"):
        url = asset["urls"].get(rendition)
        if url and recorder.ask("GET", url).status_code != 200:
            found.append(Found("digest", asset["id"], f"its {rendition} cannot be read"))
    return found


def check_blobs(blobs: Kept) -> list[Found]:
    """The folder or bucket alone: each blob is named by the hash of its bytes."""
    return [
        Found("digest", name, "a blob's bytes are not what its name says")
        for name, content in blobs.all()
        if hashlib.sha256(content).hexdigest() != name
    ]


def check_team(recorder: Recorder) -> list[Found]:
    """The team's feed, as it was seen over sockets that were cut again and again: no number is missing."""
    numbers = sorted(recorder.team_seen)
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        missing = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers))
        return [Found("gap", "team", f"numbers {missing[:20]} of the team's feed were never seen")]
    return []


def check_answers(recorder: Recorder) -> list[Found]:
    """The person always got a cause: no bare 500, no 503 without a time to come back."""
    return [Found("answer", "web", words) for words in recorder.refused]
