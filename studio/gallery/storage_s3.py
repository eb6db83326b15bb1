"""Blobs in a bucket of an S3-compatible store: for studios whose web servers and nodes share no disk.

Keys are sha256/<64 hex>; an object never changes, so putting the same bytes again is harmless. Bytes are hashed into a
draft on the local disk first, as everywhere, and the store checks their SHA-256 when it takes them. The studio serves
the bytes itself, with its own checks of rights and its own headers: the browser never learns of the bucket.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from studio.gallery.storage import ALGORITHM, Draft, LocalFolder
from studio.problems import Busy, StorageFull

FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage"}
"""What stores call it when there is no room; HTTP 507 says the same."""
MISSING = {"404", "NoSuchKey", "NotFound"}


class Bucket:
    """A `Storage` (see storage.py). local: where drafts lie until the bucket has them."""

    def __init__(self, name: str, local: LocalFolder) -> None:
        import boto3  # half a second and 30 MB: only where a bucket is used
        from botocore.config import Config

        self.name = name
        self._local = local
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=settings.S3_ENDPOINT or None,
            region_name=settings.S3_REGION,
            aws_access_key_id=settings.S3_KEY or None,
            aws_secret_access_key=settings.S3_SECRET or None,
            config=Config(
                connect_timeout=5,
                read_timeout=60,
                max_pool_connections=40,
                retries={"mode": "standard", "max_attempts": 4},
                s3={"addressing_style": "path"},  # a store of one's own seldom has a name for each bucket
            ),
        )

    def _key(self, digest: str) -> str:
        return f"{ALGORITHM}/{self._local.place_of(digest).name}"

    def draft(self, source: Path) -> Draft:
        return self._local.draft(source)

    def place(self, draft: Draft) -> None:
        key = self._key(draft.digest)
        with _in_words():
            if self._size(key) != draft.bytes:
                checksum = base64.b64encode(bytes.fromhex(draft.digest[-64:])).decode()
                with draft.path.open("rb") as file:
                    self._client.put_object(Bucket=self.name, Key=key, Body=file, ChecksumSHA256=checksum)
        draft.path.unlink(missing_ok=True)

    def put_if_absent(self, source: Path) -> str:
        draft = self.draft(source)
        self.place(draft)
        return draft.digest

    def open(self, digest: str, start: int = 0) -> BinaryIO:
        with _in_words():
            span = {"Range": f"bytes={start}-"} if start else {}
            answer = self._client.get_object(Bucket=self.name, Key=self._key(digest), **span)
        return io.BufferedReader(_Sent(answer["Body"]))

    def path(self, digest: str) -> Path | None:
        return None

    def url(self, digest: str) -> str | None:
        return None

    def delete(self, digest: str) -> None:
        with _in_words():
            self._client.delete_object(Bucket=self.name, Key=self._key(digest))

    def exists(self, digest: str) -> bool:
        with _in_words():
            return self._size(self._key(digest)) is not None

    def _size(self, key: str) -> int | None:
        from botocore.exceptions import ClientError

        try:
            return int(self._client.head_object(Bucket=self.name, Key=key)["ContentLength"])
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise

    @contextmanager
    def lock(self, digest: str) -> Iterator[None]:
        """Holds for all machines where they share a PostgreSQL; with SQLite there is one machine only. The database lets
        go of it when the connection of whoever holds it ends."""
        if connection.vendor != "postgresql":
            with self._local.lock(digest):
                yield
            return
        number = int.from_bytes(hashlib.sha256(digest.encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])

    def sweep(self) -> int:
        return self._local.sweep()


class _Sent(io.RawIOBase):
    """What the bucket sends. Busy where it breaks off."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _in_words():
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()


@contextmanager
def _in_words() -> Iterator[None]:
    """What a bucket may answer, as the studio's own errors."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if code in MISSING:
            raise FileNotFoundError(code) from error
        if code in FULL or status == 507:
            words = _("The store that holds the studio's files is full. Nothing was stored.")
            raise StorageFull(words, retry_after=60) from error
        raise OSError(f"the bucket answers {code}") from error
    except BotoCoreError as error:
        raise Busy(
            _("The store that holds the studio's files does not answer. Try again in a moment."),
            retry_after=5,
        ) from error
