"""People and assets are the gallery's."""

from tests.gallery.conftest import asset, people, picture, signed_in, written

__all__ = ["asset", "people", "picture", "signed_in", "written"]
