"""What the calls about jobs, batches and nodes take and answer with."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from studio.api_shapes import Body, Out, When

Begins = Annotated[
    str,
    Field(
        max_length=40,
        description="When it may begin: `now`, `idle` (only while nothing else waits), or a time with its time zone"
        " (ISO 8601)",
    ),
]
StateName = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class JobIn(Body):
    tool: str = Field(max_length=60, description="Name of a tool; GET /tools lists them")
    inputs: dict[str, Any] = Field(default_factory=dict, description="As the tool's `inputs_schema` says")
    team: uuid.UUID | None = Field(None, description="Without it: the token's team, else your own")
    parent: uuid.UUID | None = Field(None, description="The asset that this revises")
    title: str = Field("", max_length=200)
    priority: int = Field(0, ge=-10, le=10, description="Above 0 is a manager's right")
    when: Begins = "now"


class BatchIn(Body):
    tool: str = Field(max_length=60)
    inputs: dict[str, Any] = Field(default_factory=dict, description="What all jobs share")
    team: uuid.UUID | None = None
    matrix: dict[str, list[Any]] | None = Field(None, description="Every combination of these inputs' values")
    items: list[dict[str, Any]] | None = Field(None, description="One job for each, added to `inputs`")
    prompts: str | None = Field(
        None,
        max_length=20_000,
        description="A prompt with {choices|of words} and __wildcards__; one job for each wording",
    )
    draw: int | None = Field(
        None, ge=1, le=10_000, description="Of the wordings at most so many, drawn by chance"
    )
    draw_seed: int = Field(0, ge=0, lt=2**32, description="The same seed draws the same")
    count: int = Field(1, ge=1, le=10_000, description="Jobs of each; their seeds are seed, seed + 1, …")
    title: str = Field("", max_length=200)
    parent: uuid.UUID | None = None
    when: Begins = "now"


class WhenIn(Body):
    when: Begins


class MoveIn(Body):
    job: uuid.UUID
    before: uuid.UUID | None = Field(
        None, description="A waiting job of the same person; null: after all of them"
    )


class ModelRef(Out):
    name: str
    digest: str


class JobAssetOut(Out):
    id: uuid.UUID
    index: int


class ErrorOut(Out):
    kind: str
    message: str
    retryable: bool


class JobOut(Out):
    id: uuid.UUID
    state: StateName
    tool: str
    tool_version: int
    inputs: dict[str, Any] = Field(description="As resolved: seed and model are never null")
    model: ModelRef | None
    progress: float = Field(ge=0, le=1)
    eta_s: float | None = Field(description="Seconds that it still needs; null while unknown")
    waiting_for: str | None = Field(description="Why it waits, in words")
    attempts: int
    error: ErrorOut | None
    assets: list[JobAssetOut]
    retry_of: uuid.UUID | None
    batch: uuid.UUID | None
    starts_at: When | None = Field(description="The time that it waits for; null where it waits for none")
    idle: bool = Field(description="Whether it runs only while nothing else waits")
    created_at: When
    started_at: When | None
    finished_at: When | None
    wait_s: float | None
    run_s: float | None
    energy_wh: float | None


class WaitingOut(JobOut):
    place: int = Field(description="From 1, among everybody's jobs of its lane")
    starts_in_s: float | None = Field(description="Seconds until it should begin; null while unknown")


class QueueOut(Out):
    items: list[WaitingOut] = Field(description="What waits, in the order in which it will run; at most 200")
    running: list[JobOut]
    waiting_total: int
    left_s: float | None = Field(description="Seconds until the last of it is done; null while unknown")
    next: str | None = None


class EventOut(Out):
    n: int
    kind: str = Field(description="state, progress, token, metric, checkpoint, asset, model or review")
    at: When
    attempt: int = Field(description="Of which attempt; drop the tokens of an earlier one")


class EventsOut(Out):
    events: list[EventOut] = Field(description="From n + 1 on, without gaps")
    final: bool = Field(description="Whether nothing comes after these")


class BatchOut(Out):
    id: uuid.UUID
    total: int
    counts: dict[StateName, int] = Field(description="Jobs by state, of the newest in each chain of retries")
    starts_at: When | None = Field(description="The time that it waits for; null where it waits for none")
    idle: bool = Field(description="Whether it runs only while nothing else waits")


class QuickerOut(Out):
    name: str
    title: str
    time_s: float


class PlanOut(Out):
    """What a batch would be: the first 200 jobs' inputs, how many, how long, how large."""

    total: int
    items: list[dict[str, Any]]
    time_s: float | None = Field(
        description="Seconds of work at the nodes' measured speeds, else by the last jobs, else by the model's card;"
        " null while unknown"
    )
    time_by: Literal["nodes", "lately", "card"] | None
    quicker: QuickerOut | None = Field(
        description="Where it takes more than two minutes, another model that does the same in a fourth of it or less"
    )
    disk_bytes: int | None = Field(description="By what the last jobs' assets take; null while unknown")


class AxisOut(Out):
    name: str = Field(description="An input of the matrix, or `_items`, `_prompts`, `_count`")
    label: str
    n: int


class SideOut(Out):
    name: str
    start: int = Field(description="Place of the first label, from 0")
    labels: list[str]


class CellAssetOut(Out):
    id: uuid.UUID
    medium: str
    thumbnail: str | None


class CellOut(Out):
    job: uuid.UUID | None = Field(description="The newest of its chain of retries")
    state: StateName | None
    progress: float
    assets: list[CellAssetOut]


class GridOut(Out):
    axes: list[AxisOut] = Field(description="All that varies, outermost first")
    x: SideOut
    y: SideOut | None
    others: list[SideOut] = Field(description="Axes that stand at one place")
    cells: list[list[CellOut]]


class SheetRow(Out):
    line: int = Field(description="As an editor counts it, from 1")
    cells: dict[str, Any]
    wrong: str = Field(description="Why the row cannot be read; empty where it can")


class SheetOut(Out):
    columns: list[str]
    uses: dict[str, str | None] = Field(description="For each column the input that it seems to be meant for")
    rows: list[SheetRow]


class ItemsIn(Body):
    tool: str = Field(max_length=60)
    team: uuid.UUID | None = None
    inputs: dict[str, Any] = Field(default_factory=dict, description="What all jobs share")
    items: list[dict[str, Any]] = Field(min_length=1, max_length=10_000)


class ItemProblem(Out):
    item: int = Field(description="Which of `items`, from 0")
    input: str | None = Field(description="The input that is wrong, or null for the whole")
    msg: str


class CheckedOut(Out):
    total: int
    wrong: list[ItemProblem] = Field(description="At most 1,000")


class RetriedOut(Out):
    jobs: list[uuid.UUID]


class NodeIn(Body):
    paused: bool


class NodeOut(Out):
    name: str
    state: Literal["here", "paused", "away"]
    device: str
    device_name: str
    cores: int
    memory_bytes: int
    memory_used_bytes: int
    lanes: list[str]
    slots: list[dict[str, Any]]
    loaded: list[dict[str, Any]] = Field(description="Models in memory now")
    tools: dict[str, int] = Field(description="Tools that it runs, with their versions")
    seen_at: When
