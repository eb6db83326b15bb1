"""The bare baseline of noop.py: a Celery worker whose task says "done" over Redis, and nothing else."""

from __future__ import annotations

import os

import redis
from celery import Celery

URL = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/0")

app = Celery("bare", broker=URL)
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
said = redis.Redis.from_url(URL)


@app.task
def done(number: int) -> None:
    said.publish("bench:done", number)
