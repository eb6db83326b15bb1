"""Names that would lead somewhere as paths, in every place that takes a name: they are labels, and lead nowhere."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from studio.gallery import storage
from studio.gallery.files import file_name
from studio.gallery.models import Asset
from studio.gallery.zips import slug
from studio.teams.models import Team

pytestmark = pytest.mark.django_db

NAMES = [
    "../evil", "../../../../../../etc/cron.d/evil", "..\\..\\evil", "/etc/passwd", "//evil/share", "C:\\evil.txt",
    "\\\\host\\share\\evil", "evil\x00.png", "....//....//evil", "..%2f..%2fevil", "%2e%2e%2fevil", "..%252fevil",
    "..%c0%afevil", "..／evil", "‥/evil", "~/evil", "~root/evil", "$HOME/evil", "`touch evil`", "$(touch evil)",
    "evil;touch evil", "-rf", "--output=evil", "CON", "nul.txt", "COM1", "aux.md", "evil.", "evil ", ".evil", "..",
    ".", "file:///etc/passwd", "http://evil.test/x", "evil\r\nSet-Cookie: a=b", "evil\n", "a" * 255, "a/" * 100,
    "\u202elive.exe", "evil::$DATA", "evil|x", "evil>x", "evil*", "evil?", "\ufeffevil", "é" * 200, "/proc/self/environ",
    "/dev/zero", "sha256/../../evil", "blobs/evil", "studio.sqlite3", "secret-key", "../secret-key", "..;/evil",
    "evil.png/", "evil.svg", "evil.html", "desktop.ini", ".htaccess", ".git/config",
]  # fmt: skip


def outside(tmp_path: Path) -> set[str]:
    """What lies beside the folders that a request may write into."""
    inside = (str(settings.BLOBS), str(settings.SCRATCH))
    places = [tmp_path, tmp_path.parent, Path(settings.DATA), Path.cwd()]
    return {str(one) for place in places for one in place.iterdir() if not str(one).startswith(inside)}


@pytest.mark.parametrize(
    "names", [NAMES[::4], pytest.param(NAMES, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_in_every_field(names: list[str], as_alice: Client, team: Team, tmp_path: Path) -> None:
    before = outside(tmp_path)
    asset = as_alice.post("/api/v1/assets", {"file": SimpleUploadedFile("x.md", b"words")}).json()["id"]
    for name in names:
        _try_all(as_alice, name, asset)
    after = outside(tmp_path)
    assert {one for one in after - before if "test.sqlite3" not in one and "pytest" not in one} == set()
    for place in (tmp_path, Path.cwd(), Path("/tmp"), Path("/etc/cron.d")):
        assert not (place / "evil").exists()
    digests = re.compile(r"[0-9a-f]{64}")
    for file in Path(settings.BLOBS).rglob("*"):
        if file.is_file():
            assert digests.search(file.name), file  # blobs are named by their digest alone
    for asset in Asset.objects.all():
        name = file_name(asset)
        assert "/" not in name
        assert "\\" not in name
        assert not name.startswith(".")
        assert name.isprintable()


def _try_all(client: Client, name: str, asset: str) -> None:
    """This name wherever one can be given; no answer is an error of the studio's own, none has it as a header."""

    def post(path: str, body: dict[str, Any], **headers: str) -> Any:
        answer = client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)
        assert answer.status_code < 500, (path, name)
        return answer

    told = re.sub('[\r\n"]', "_", name)
    form = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{told}"\r\n\r\nwords\r\n--x--\r\n'
    answers = [
        client.generic(
            "POST", "/api/v1/assets", form.encode(), content_type="multipart/form-data; boundary=x"
        )
    ]
    for field in ("medium", "board", "team"):
        file = SimpleUploadedFile("x.md", b"words")
        answers.append(client.post("/api/v1/assets", {"file": file, field: name}))
    answers.append(
        client.patch(
            f"/api/v1/assets/{asset}",
            {"title": name[:200], "tags": [name[:60]]},
            content_type="application/json",
        )
    )
    answers.append(client.get(f"/api/v1/assets/{asset}/content?download"))
    answers.append(client.get(f"/assets/{asset}/"))
    told = base64.b64encode(name.encode()).decode()
    tus = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "5",
        "Upload-Metadata": f"filename {told},medium {told}",
    }
    answers.append(client.post("/api/v1/uploads/", headers=tus))
    answers += [
        post("jobs", {"tool": name, "inputs": {}}),
        post("jobs", {"tool": "test.nothing", "inputs": {}, "title": name[:200], "parent": name}),
        post("jobs", {"tool": "test.invert", "inputs": {"image": name}}),
        post("jobs", {"tool": "text.write", "inputs": {"prompt": "x", "model": name}}),
        post("batches", {"tool": "test.nothing", "inputs": {}, "count": 1, "title": name[:200]}),
        post("teams", {"name": name[:120]}),
        post("tokens", {"name": name[:120]}),
        post("models", {"source": name, "name": name[:120], "title": name[:120]}),
        post("threads", {"title": name[:200], "system": name}),
    ]
    encoded = quote(name, safe="")
    for path in ("tools", "models", "nodes", f"assets/{asset}/parts"):
        for spelt in (encoded, quote(encoded, safe="")):
            answers.append(client.get(f"/api/v1/{path}/{spelt}"))
    for path in ("static", "problems", "models", "v1/models"):
        answers.append(client.get(f"/{path}/{encoded}"))
    for answer in answers:
        assert answer.status_code < 500, name
        assert "Set-Cookie: a=b" not in str(answer.headers)
        assert "a" not in answer.cookies


@pytest.mark.parametrize("name", NAMES)
def test_names_in_a_zip_are_flat(name: str) -> None:
    assert re.fullmatch(r"[\w-]{1,60}", slug(name))


@pytest.mark.parametrize(
    "digest", ["../../../etc/passwd", "sha256:../x", "a" * 63, "A" * 64, "", "a" * 64 + "/..", "\x00" * 64]
)
def test_a_digest_is_sixty_four_letters(digest: str) -> None:
    store = storage.current()
    for ask in (store.path, store.open):
        try:
            found = ask(digest)
        except (FileNotFoundError, ValueError):
            continue
        assert found is None
