"""GGUF models through llama.cpp (xllamacpp), inside this process.

The library runs llama.cpp's server in threads of its own. We talk to it by function calls; its HTTP side, which counts
tokens for us, listens on the loopback only and asks for a key that nobody else has.
"""

from __future__ import annotations

import http.client
import json
import queue
import secrets
import threading
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from generators.context import ModelFiles
from generators.events import ToolError
from generators.text.backends import End, Message, Piece, Reading, Sampling

DEFAULT_CONTEXT = 4096
BATCH = (
    256  # tokens of a prompt that are read between two looks at whether to stop: a second or two on one core
)


class Llama:
    """A loaded GGUF model. One answer at a time."""

    def __init__(self, files: ModelFiles, device: str, threads: int) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(files.path)
        params.n_ctx = self.context = files.context or DEFAULT_CONTEXT
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = BATCH
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.n_gpu_layers = -1 if device.startswith("cuda") else 0
        # The CPU lays the weights out anew for its own instructions; a mapped file would stay beside that copy.
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        params.fit_params = False
        params.warmup = False
        params.cache_ram_mib = 0
        params.ui = False
        params.endpoint_slots = False
        params.n_threads_http = 1
        params.verbosity = 0
        self._key = secrets.token_urlsafe(24)
        params.api_keys = [self._key]
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ToolError(f"{files.name} could not be loaded: {error}", kind="model") from error
        self._address = urlsplit(self._server.listening_address).netloc
        self.takes_system = True  # llama.cpp itself works it into templates that know no such role

    def count(self, messages: Sequence[Message]) -> int:
        prompt = self._ask("/apply-template", {"messages": list(messages)})["prompt"]
        return len(
            self._ask("/tokenize", {"content": prompt, "add_special": True, "parse_special": True})["tokens"]
        )

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
            connection.request("POST", path, json.dumps(body), headers)
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise ToolError(
                f"The language model refused this: {answer['error'].get('message', 'no reason given')}"
            )
        return answer

    def write(self, messages: Sequence[Message], how: Sampling) -> Iterator[Reading | Piece | End]:
        request = {
            "messages": list(messages),
            "stream": True,
            "return_progress": True,
            "timings_per_token": True,
            "max_tokens": how.max_tokens,
            "temperature": how.temperature,
            "top_p": how.top_p,
            "top_k": 40,
            "min_p": 0.05,
            "stop": list(how.stop),
            "seed": how.seed,
            "cache_prompt": False,  # what was read before must not change the sums, else a seed would not repeat
        }
        chunks: queue.SimpleQueue[dict[str, Any] | BaseException | None] = queue.SimpleQueue()
        stop = threading.Event()

        def take(chunk: dict[str, Any]) -> bool:
            chunks.put(chunk)
            return stop.is_set()

        def run() -> None:
            try:
                self._server.handle_chat_completions(request, take)
            except BaseException as error:
                chunks.put(error)
            finally:
                chunks.put(None)

        runner = threading.Thread(target=run, name="llama", daemon=True)
        runner.start()
        try:
            yield from self._read(chunks)
        finally:
            stop.set()
            runner.join()

    def _read(
        self, chunks: queue.SimpleQueue[dict[str, Any] | BaseException | None]
    ) -> Iterator[Reading | Piece | End]:
        tokens = 0
        while (chunk := chunks.get()) is not None:
            if isinstance(chunk, BaseException):
                raise chunk
            if "error" in chunk:
                raise ToolError(
                    f"The language model stopped: {chunk['error'].get('message', 'no reason given')}"
                )
            progress = chunk.get("prompt_progress")
            if progress:
                yield Reading(progress["processed"], progress["total"])
            tokens = chunk.get("timings", {}).get("predicted_n", tokens)
            for choice in chunk.get("choices", ()):
                text = choice.get("delta", {}).get("content")
                if text:
                    yield Piece(text, tokens)
                if choice.get("finish_reason"):
                    yield End("length" if choice["finish_reason"] == "length" else "stop", tokens)
                    return
