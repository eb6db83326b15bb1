"""Where a model's weights can come from, as typed inputs of `lab.install_model`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

HUB = "https://huggingface.co"

# Lengths stand beside the patterns: counted inside them, letters of every script took 45 MB in each process.
Repo = Annotated[str, Field(max_length=193, pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")]
Revision = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9][\w./-]*$")]
FileName = Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9][\w.-]*$")]
Pin = Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*==[0-9][\w.]*$")]
"""A package at one version. The pattern keeps options and addresses out of pip's command line."""


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubFile(_Source):
    """One file of a repository of the model hub."""

    kind: Literal["hub-file"] = "hub-file"
    repo: Repo
    revision: Revision = "main"
    file: FileName
    hub: str = HUB


class HubFolder(_Source):
    """A repository of the model hub that is a model's folder: a diffusers pipeline or a causal language model."""

    kind: Literal["hub-folder"] = "hub-folder"
    repo: Repo
    revision: Revision = "main"
    hub: str = HUB


class PackageParts(_Source):
    """One file cut into Python packages, in order; `member` is the pattern of the file inside each."""

    kind: Literal["package-parts"] = "package-parts"
    packages: Annotated[list[Pin], Field(min_length=1, max_length=500)]
    member: str


class LocalPath(_Source):
    """A folder or a GGUF file on this machine."""

    kind: Literal["path"] = "path"
    path: str


Source = Annotated[HubFile | HubFolder | PackageParts | LocalPath, Field(discriminator="kind")]
