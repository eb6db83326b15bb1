"""Samplers by name: the solver that takes a picture from noise step by step, made from the settings of the model's own.

Which fit depends on what the model says at a step: the noise or the velocity on a variance-preserving path (Stable
Diffusion), the velocity on a straight path (flow matching: SD3, FLUX, Qwen-Image, Z-Image), or the clean picture on a
straight path (our pocket model; there a first-order DPM-Solver++ is Euler's method).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from generators.events import ToolError
from generators.tool import ModelFacts

if TYPE_CHECKING:
    from generators.image.generate import GenerateInputs
    from generators.image.pipelines import Drawer

SamplerName = Literal["default", "euler", "euler-ancestral", "dpm++", "dpm++-sde", "unipc", "ddim", "lcm"]

Recipe = tuple[str, dict[str, Any]]
_STRAIGHT: dict[str, Any] = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
RECIPES: dict[str, dict[str, Recipe]] = {
    "noise": {
        "euler": ("EulerDiscreteScheduler", {}),
        "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
        "dpm++": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++", "solver_order": 2}),
        "dpm++-sde": (
            "DPMSolverMultistepScheduler",
            {"algorithm_type": "sde-dpmsolver++", "solver_order": 2},
        ),
        "unipc": ("UniPCMultistepScheduler", {"solver_order": 2}),
        "ddim": ("DDIMScheduler", {}),
        "lcm": ("LCMScheduler", {}),
    },
    "velocity": {
        "euler": ("FlowMatchEulerDiscreteScheduler", {"stochastic_sampling": False}),
        "euler-ancestral": ("FlowMatchEulerDiscreteScheduler", {"stochastic_sampling": True}),
        # no dpm++: these pipelines bring their own noise levels, which diffusers' DPM-Solver++ does not take
        "unipc": ("UniPCMultistepScheduler", _STRAIGHT),
    },
    "clean": {
        "euler": ("DPMSolverMultistepScheduler", {"solver_order": 1}),
        "dpm++": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++", "solver_order": 2}),
        "dpm++-sde": (
            "DPMSolverMultistepScheduler",
            {"algorithm_type": "sde-dpmsolver++", "solver_order": 2},
        ),
        "unipc": ("UniPCMultistepScheduler", {"solver_order": 2}),
    },
}
"""By what the model says: sampler → (class of diffusers, what differs from the model's own settings)."""


UNFIT = frozenset(
    {("ZImagePipeline", "unipc")}
)  # diffusers 0.42 hands its noise levels over as a list, which fails


_SAYS = {
    "StableDiffusionPipeline": "noise",
    "StableDiffusionXLPipeline": "noise",
    "StableDiffusion3Pipeline": "velocity",
    "FluxPipeline": "velocity",
    "QwenImagePipeline": "velocity",
    "ZImagePipeline": "velocity",
}
"""What models of these pipelines say; of others it is known once they are loaded."""


def refuses(inputs: GenerateInputs, model: ModelFacts | None) -> dict[str, str]:
    """By input, why this model cannot take it; told at submit, as far as the card tells. Torch-free."""
    found: dict[str, str] = {}
    if model is None:
        return found
    pipeline = "" if model.format == "pocket" else str(model.meta.get("pipeline"))
    kind = "clean" if model.format == "pocket" else _SAYS.get(pipeline)
    if kind and inputs.sampler != "default" and inputs.sampler not in _fitting(kind, pipeline):
        found["sampler"] = _unfit(inputs.sampler, _fitting(kind, pipeline))
    if inputs.reference and model.format == "pocket":
        found["reference"] = (
            "This small model cannot take a reference picture. Stable Diffusion 1 and SDXL can, with an IP-Adapter; as the"
            " control picture this model starts from it."
        )
    return found


def _fitting(kind: str, pipeline: str) -> dict[str, Recipe]:
    return {name: recipe for name, recipe in RECIPES[kind].items() if (pipeline, name) not in UNFIT}


def _unfit(name: str, fitting: dict[str, Recipe]) -> str:
    known = ", ".join(["default", *fitting])
    return f"The sampler {name} does not fit this model. These do: {known}."


FEW_STEPS = 6
"""Up to so many the pocket model's default is UniPC with times that lean to noise: pictures in 4 steps are 1.4 times as far
from others in 28 as those are among themselves (the bench's row `painter`); by its own DPM-Solver++ it was 2.2 times, and 1.3 so,
with the weights of two turns before."""
_FEW: dict[str, Any] = {"flow_shift": 2.0}


@contextmanager
def sampling(drawer: Drawer, name: str, steps: int) -> Iterator[None]:
    """While inside, the drawer's pipeline samples by this name. ToolError, with those that fit, where it cannot."""
    own = drawer.pipeline.scheduler
    if name == "default" and drawer.pocket and steps <= FEW_STEPS:
        kind, settings = RECIPES["clean"]["unipc"]
        drawer.pipeline.scheduler = _of(own, kind, settings | _FEW)
    elif name != "default":
        drawer.pipeline.scheduler = made(own, name, type(drawer.pipeline).__name__)
    try:
        yield
    finally:
        drawer.pipeline.scheduler = own


def made(own: Any, name: str, pipeline: str = "") -> Any:
    """The scheduler of this name with the settings of the model's own; `pipeline` is the class that will use it."""
    fitting = _fitting(says(own), pipeline)
    if name not in fitting:
        raise ToolError(_unfit(name, fitting), kind="inputs")
    kind, settings = fitting[name]
    if kind != "FlowMatchEulerDiscreteScheduler" and "shift" in own.config:
        settings = settings | {"flow_shift": own.config["shift"]}
    return _of(own, kind, settings)


def _of(own: Any, kind: str, settings: dict[str, Any]) -> Any:
    import diffusers

    return getattr(diffusers, kind).from_config(own.config, **settings)


def says(scheduler: Any) -> str:
    """What the model says at a step, told from its own scheduler's settings."""
    config = scheduler.config
    if type(scheduler).__name__.startswith("FlowMatch") or config.get("prediction_type") == "flow_prediction":
        return "velocity"
    return "clean" if config.get("use_flow_sigmas") else "noise"
