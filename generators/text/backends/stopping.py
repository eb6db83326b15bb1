"""Texts that end an answer, found in a stream of pieces."""

from __future__ import annotations

from collections.abc import Sequence


class Stopper:
    """Lets text through until one of `stops` appears; the stop itself, and what may be its beginning, stays back."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.ended = False

    def take(self, text: str) -> str:
        """What may be shown now that `text` has come."""
        self._held += text
        places = [self._held.find(stop) for stop in self._stops]
        first = min((place for place in places if place >= 0), default=-1)
        if first >= 0:
            self.ended = True
            out, self._held = self._held[:first], ""
            return out
        keep = max((self._begins(stop) for stop in self._stops), default=0)
        out, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return out

    def _begins(self, stop: str) -> int:
        """How many characters at the end of what is held could be the beginning of `stop`."""
        longest = min(len(stop) - 1, len(self._held))
        return next((n for n in range(longest, 0, -1) if self._held.endswith(stop[:n])), 0)

    def rest(self) -> str:
        """What was kept back for a stop that did not come."""
        out, self._held = self._held, ""
        return "" if self.ended else out
