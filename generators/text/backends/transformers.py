"""Folders of safetensors through transformers: any causal language model, on a CPU or a GPU. No code from the folder runs."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from generators.context import ModelFiles
from generators.events import ToolError
from generators.text.backends import End, Message, Piece, Reading, Sampling
from generators.text.backends.stopping import Stopper

DEFAULT_CONTEXT = 2048


class Transformers:
    """A loaded causal language model. One answer at a time."""

    def __init__(self, files: ModelFiles, device: str, threads: int) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(threads)
        here: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(files.path, **here)
            model = AutoModelForCausalLM.from_pretrained(
                files.path, use_safetensors=True, dtype="auto", **here
            )
        except (OSError, ValueError, ImportError) as error:
            raise ToolError(f"{files.name} could not be loaded: {error}", kind="model") from error
        if device == "cpu" and model.dtype == torch.float16:
            model = model.float()  # a CPU computes with half floats only slowly
        self._model = model.to(device).eval()
        self._device = device
        own = int(getattr(model.config, "max_position_embeddings", 0) or 0)
        self.context = files.context or own or DEFAULT_CONTEXT
        self.takes_system = self._takes_system()

    def _takes_system(self) -> bool:
        """Some templates raise at a message of the system, or leave it out without a word."""
        probe: list[Message] = [{"role": "system", "content": "@@@"}, {"role": "user", "content": "a"}]
        if not self._tokenizer.chat_template:
            return False
        try:
            return "@@@" in self._tokenizer.apply_chat_template(probe, tokenize=False)
        except Exception:  # jinja's own errors, or whatever a template raises
            return False

    def _ids(self, messages: Sequence[Message]) -> list[int]:
        if self._tokenizer.chat_template:
            text = self._tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=True
            )
            return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        # A model that was never taught to chat goes on from the text as it stands.
        text = "\n\n".join(message["content"] for message in messages)
        return list(self._tokenizer(text)["input_ids"])

    def count(self, messages: Sequence[Message]) -> int:
        return len(self._ids(messages))

    def write(self, messages: Sequence[Message], how: Sampling) -> Iterator[Reading | Piece | End]:
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList

        ids = torch.tensor([self._ids(messages)], device=self._device)  # (1, prompt tokens)
        found: queue.SimpleQueue[int | BaseException | None] = queue.SimpleQueue()
        stop = threading.Event()

        class Asked(StoppingCriteria):  # type: ignore[misc]  # transformers has no types
            """Ends the run after the token that is being drawn."""

            def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
                return torch.full((input_ids.shape[0],), stop.is_set(), device=input_ids.device)

        class Streamer:
            """What `generate` hands tokens to: first the prompt, then one at a time."""

            begun = False

            def put(self, value: Any) -> None:
                if self.begun:
                    for token in value.flatten().tolist():
                        found.put(int(token))
                self.begun = True

            def end(self) -> None:
                """Nothing to flush."""

        drawn: dict[str, Any] = {"do_sample": False}
        if how.temperature > 0:
            drawn = {
                "do_sample": True,
                "temperature": how.temperature,
                "top_p": how.top_p,
                "top_k": 40,
                "min_p": 0.05,
            }

        def run() -> None:
            try:
                torch.manual_seed(how.seed)
                with torch.inference_mode():
                    self._model.generate(
                        ids,
                        attention_mask=torch.ones_like(ids),
                        max_new_tokens=how.max_tokens,
                        streamer=Streamer(),
                        stopping_criteria=StoppingCriteriaList([Asked()]),
                        pad_token_id=self._pad(),
                        **drawn,
                    )
            except BaseException as error:
                found.put(error)
            finally:
                found.put(None)

        runner = threading.Thread(target=run, name="transformers", daemon=True)
        yield Reading(0, ids.shape[1])
        runner.start()
        try:
            yield from self._read(found, how.stop)
        finally:
            stop.set()
            runner.join()

    def _pad(self) -> int:
        """Some token to fill with, although one answer alone is never filled up."""
        for token in (self._tokenizer.pad_token_id, *self._ends()):
            if token is not None:
                return int(token)
        return 0

    def _ends(self) -> list[int]:
        ends = self._model.generation_config.eos_token_id
        if ends is None:
            ends = self._tokenizer.eos_token_id
        return [] if ends is None else list(ends) if isinstance(ends, list) else [int(ends)]

    def _read(
        self, found: queue.SimpleQueue[int | BaseException | None], stops: Sequence[str]
    ) -> Iterator[Piece | End]:
        ends, stopper = frozenset(self._ends()), Stopper(stops)
        tokens: list[int] = []
        before = shown = (
            0  # tokens[before:shown] went out last; decoded again, since words lean on those before
        )
        while (token := found.get()) is not None:
            if isinstance(token, BaseException):
                raise token
            tokens.append(token)
            if token in ends:
                break
            old, text = self._text(tokens[before:shown]), self._text(tokens[before:])
            if len(text) <= len(old) or text.endswith("\N{REPLACEMENT CHARACTER}"):
                continue  # the first bytes of a letter; the rest is in the next token
            before, shown = shown, len(tokens)
            piece = stopper.take(text[len(old) :])
            if piece:
                yield Piece(piece, len(tokens))
            if stopper.ended:
                break
        rest = stopper.rest()
        if rest:
            yield Piece(rest, len(tokens))
        stopped = stopper.ended or (bool(tokens) and tokens[-1] in ends)
        yield End("stop" if stopped else "length", len(tokens))

    def _text(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True)) if tokens else ""
