"""Style presets: words that are added to a prompt. Data; a new style is one line and its name in `StyleName`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StyleName = Literal[
    "none",
    "photograph",
    "cinematic",
    "watercolour",
    "oil-painting",
    "pencil-sketch",
    "ink",
    "comic",
    "anime",
    "flat",
    "3d",
    "isometric",
    "low-poly",
    "pixel-art",
    "paper-cut",
    "stained-glass",
    "neon",
    "blueprint",
]


@dataclass(frozen=True)
class Style:
    """words: added behind the prompt. against: added to what should not be in the picture. small: in the place of both
    for the studio's own small model, where it has learned that look."""

    words: str
    against: str = ""
    small: str = ""


STYLES: dict[str, Style] = {
    "none": Style(""),
    "photograph": Style("photograph, natural light, sharp focus, fine detail", "drawing, painting, render, blurry"),
    "cinematic": Style("film still, dramatic light, shallow depth of field, wide shot", "flat light, drawing"),
    "watercolour": Style("watercolour painting, wet washes, soft edges, paper texture", "photograph, hard outlines"),
    "oil-painting": Style("oil painting on canvas, visible brush strokes, rich colours", "photograph, smooth"),
    "pencil-sketch": Style("pencil sketch, graphite on paper, hatching, monochrome", "colour, photograph"),
    "ink": Style("ink drawing, black lines on white paper, brush and pen", "colour, shading, photograph"),
    "comic": Style("comic book panel, bold outlines, flat colours, halftone", "photograph, realistic"),
    "anime": Style("anime illustration, clean lines, cel shading, vivid colours", "photograph, realistic"),
    "flat": Style("flat vector illustration, simple shapes, solid colours, no outlines", "photograph, texture, shadows", "flat style"),
    "3d": Style("3D render, soft studio light, smooth materials, ambient occlusion", "drawing, flat, grain", "3d style"),
    "isometric": Style("isometric view, small scene, clean edges, soft shadows", "perspective distortion, photograph"),
    "low-poly": Style("low-poly 3D model, faceted surfaces, simple colours", "smooth, photograph, fine detail"),
    "pixel-art": Style("pixel art, 16-bit game sprite, limited palette, crisp pixels", "smooth, blurry, photograph", "pixel art"),
    "paper-cut": Style("layered paper cut-out, craft paper, soft shadows between layers", "photograph, glossy"),
    "stained-glass": Style("stained glass window, lead lines, glowing colours", "photograph, flat light"),
    "neon": Style("neon lights at night, glowing outlines, dark background, reflections", "daylight, pastel"),
    "blueprint": Style("technical blueprint, white lines on blue paper, measurements, top view", "photograph, shading"),
}  # fmt: skip


def dressed(name: str, prompt: str, negative: str, *, small: bool) -> tuple[str, str, list[str]]:
    """(prompt, negative prompt, notes) with a style's words added. small: for the studio's own small model, which has
    learned few looks; of another it is not told, and the note says so."""
    style = STYLES[name]
    if not style.words:
        return prompt, negative, []
    if small and style.small:
        return f"{prompt}, {style.small}", negative, []
    if small:
        known = ", ".join(f"“{one}”" for one, kept in STYLES.items() if kept.small)
        return (
            prompt,
            negative,
            [f"Of these styles this small model knows {known} only, so “{name}” was left out."],
        )
    return f"{prompt}, {style.words}", ", ".join(part for part in (negative, style.against) if part), []
