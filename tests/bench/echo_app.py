"""The bare baseline of noop.py: a Celery worker whose task says "done" over Redis, and nothing else."""

from __future__ import annotations

import os

import redis
from celery import Celery

app = Celery("bare", broker=os.environ["BENCH_REDIS"])
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
said = redis.Redis.from_url(os.environ["BENCH_REDIS"])


@app.task
def done(number: int) -> None:
    said.publish("bench:done", number)
