"""The verbs of jobs: the same for pages, API and workers."""

from studio.jobs.actions.batch import (
    cancel_batch,
    expand,
    orders_of,
    pause_batch,
    resume_batch,
    retry_failed,
    submit_batch,
)
from studio.jobs.actions.cancel import cancel
from studio.jobs.actions.claim import Slot, claim
from studio.jobs.actions.finish import beat, finish, hand_back
from studio.jobs.actions.look import get_visible, get_visible_batch, visible, visible_batches
from studio.jobs.actions.move import move
from studio.jobs.actions.pause_node import pause_node
from studio.jobs.actions.record import record
from studio.jobs.actions.reschedule import begin_due, reschedule, reschedule_batch
from studio.jobs.actions.store import store
from studio.jobs.actions.submit import body_digest, known_key, retry, submit

__all__ = [
    "Slot",
    "beat",
    "begin_due",
    "body_digest",
    "cancel",
    "cancel_batch",
    "claim",
    "expand",
    "finish",
    "get_visible",
    "get_visible_batch",
    "hand_back",
    "known_key",
    "move",
    "orders_of",
    "pause_batch",
    "pause_node",
    "record",
    "reschedule",
    "reschedule_batch",
    "resume_batch",
    "retry",
    "retry_failed",
    "store",
    "submit",
    "submit_batch",
    "visible",
    "visible_batches",
]
