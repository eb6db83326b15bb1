"""The filter `markdown`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from studio.workspace.markdown import to_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as safe HTML."""
    return to_html(text)
