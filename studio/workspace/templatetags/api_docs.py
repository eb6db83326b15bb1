"""Filters of the API's docs."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def code(text: object) -> SafeString:
    """Plain text with `words between backticks` set as code; everything is escaped first."""
    escaped = conditional_escape(str(text))
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped))


@register.filter
def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text that blank lines part."""
    return [part for part in re.split(r"\n\s*\n", text.strip()) if part]
