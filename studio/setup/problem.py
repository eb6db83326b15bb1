"""The one error of the set-up: a sentence for the person, and what a command said."""

from __future__ import annotations

from collections.abc import Sequence


class SetupProblem(Exception):
    """Set-up cannot go on. `sentence` says why and what to do; `output` are the last lines of a failed command."""

    def __init__(self, sentence: str, output: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.output = list(output)

    def __str__(self) -> str:
        if not self.output:
            return self.sentence
        return "\n".join(["", *(f"    {line}" for line in self.output), "", self.sentence])
