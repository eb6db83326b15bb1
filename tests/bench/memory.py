"""What the processes hold: the web process in use, and all of them after a hundred jobs against after ten."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.bench.harness import Bench, Estimate, Figure, Line, at_most, row
from tests.bench.harness.people import Person
from tests.bench.harness.resident import of_parts
from tests.stack import Stack

PAGES = ("/create/", "/gallery/", "/queue/", "/chat/", "/models/", "/nodes/")
FEW = 10


@row(
    Line("web", "resident memory of the web process after pages, sockets and jobs", at_most(150, "MB")),
    Line("web.growth", "web process, after 100 jobs", at_most(1.02), "after 10"),
    Line("worker.growth", "worker process, after 100 jobs", at_most(1.02), "after 10"),
    Line("children.growth", "generation processes, after 100 jobs", at_most(1.02), "after 10"),
    fresh=True,
)
def memory(bench: Bench) -> Iterator[Figure]:
    """The jobs come in pairs, so that both places work from the first on."""
    stack = bench.stack()
    person = Person(stack)
    visit(stack)
    with ThreadPoolExecutor(2) as pool:

        def run(count: int) -> None:
            for _ in range(count // 2):
                list(pool.map(lambda seed: picture(person, seed), (1, 2)))

        run(FEW)
        visit(stack)
        before = of_parts(stack)
        run(bench.few(100, 14) - FEW)
        visit(stack)
        after = of_parts(stack)
    yield Figure("web", Estimate.once(after["web"]), "MB")
    for part in ("web", "worker", "children"):
        yield bench.compared(f"{part}.growth", [after[part]], [before[part]], "MB")


def picture(person: Person, seed: int) -> None:
    person.run("image.generate", prompt="a red apple", width=64, height=64, steps=6, seed=seed)


def visit(stack: Stack) -> None:
    """Sign in and look at every page, three times."""
    link = stack.signin_link("visitor")
    with httpx.Client(base_url=stack.url, follow_redirects=True, timeout=60) as browser:
        browser.get(link).raise_for_status()
        token = browser.cookies.get("csrftoken") or ""
        browser.post(link, headers={"X-CSRFToken": token, "Referer": stack.url}).raise_for_status()
        for page in PAGES * 3:
            answer = browser.get(page).raise_for_status()
            if "/signin/" in str(answer.url):
                raise RuntimeError(f"{page} wants a sign-in")
