"""A bucket of an S3-compatible store in a process of its own, for tests of what lies there."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError

from studio.setup import ports

KEY = "only for tests"


def client(endpoint: str) -> Any:
    """boto3's, for a server of this module."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=KEY,
    )


@dataclass
class Bucket:
    """An empty bucket of the server at `endpoint`."""

    name: str
    endpoint: str

    @property
    def env(self) -> dict[str, str]:
        """What a studio is started with to use it."""
        return {
            "STUDIO_S3_BUCKET": self.name,
            "STUDIO_S3_ENDPOINT": self.endpoint,
            "STUDIO_S3_KEY": KEY,
            "STUDIO_S3_SECRET": KEY,
        }


class Store:
    """moto's server: started, stopped, and asked for buckets."""

    def __init__(self) -> None:
        port = ports.free()
        self.endpoint = f"http://127.0.0.1:{port}"
        argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._made = 0

    def bucket(self) -> Bucket:
        """A new one; waits until the server answers."""
        self._made += 1
        name = f"studio-{self._made}"
        until = time.monotonic() + 60
        while True:
            try:
                client(self.endpoint).create_bucket(Bucket=name)
            except BotoCoreError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return Bucket(name, self.endpoint)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
