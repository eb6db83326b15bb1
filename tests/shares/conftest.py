"""People and assets of these tests are the gallery's."""

from tests.gallery.conftest import asset, people, picture, written

__all__ = ["asset", "people", "picture", "written"]
