"""Where the studio that is hurt keeps its blobs, as the checker looks at them from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from tests.bucket import Bucket, Store, client
from tests.faults.proxy import Proxy


class Kept(Protocol):
    """Blobs by their names, 64 hex digits each."""

    env: dict[str, str]

    def all(self) -> Iterator[tuple[str, bytes]]: ...

    def has(self, name: str) -> bool: ...

    def mend(self) -> None: ...

    def stop(self) -> None: ...


class Folder:
    """Files on a disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.env: dict[str, str] = {}

    def all(self) -> Iterator[tuple[str, bytes]]:
        for file in (self.path / "sha256").rglob("*"):
            if file.is_file():
                yield file.name, file.read_bytes()

    def has(self, name: str) -> bool:
        return (self.path / "sha256" / name[:2] / name[2:4] / name).is_file()

    def mend(self) -> None:
        pass

    def stop(self) -> None:
        pass


class InBucket:
    """Objects of an S3-compatible store. The studio comes to it through `proxy` only, the checker directly."""

    def __init__(self) -> None:
        self._store = Store()
        self._bucket = self._store.bucket()
        self._client: Any = client(self._store.endpoint)
        port = urlsplit(self._store.endpoint).port
        assert port is not None
        self.proxy = Proxy(port)
        self.env = Bucket(self._bucket.name, f"http://127.0.0.1:{self.proxy.port}").env

    def all(self) -> Iterator[tuple[str, bytes]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket.name)
        for entry in (entry for page in pages for entry in page.get("Contents", [])):
            body = self._client.get_object(Bucket=self._bucket.name, Key=entry["Key"])["Body"].read()
            yield entry["Key"].rpartition("/")[2], body

    def has(self, name: str) -> bool:
        found = self._client.list_objects_v2(Bucket=self._bucket.name, Prefix=f"sha256/{name}")
        return bool(found["KeyCount"])

    def mend(self) -> None:
        self.proxy.set("open")

    def stop(self) -> None:
        self.proxy.close()
        self._store.stop()
