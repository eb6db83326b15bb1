"""The sentences of the gallery's scripts."""

from __future__ import annotations

from django.utils.translation import gettext as _


def page_words() -> dict[str, str]:
    """What they say, by key."""
    return {
        "selected_one": _("{n} selected"),
        "selected_other": _("{n} selected"),
        "deleted_one": _("Moved to the bin."),
        "deleted_other": _("{n} assets moved to the bin."),
        "restored_one": _("Back in the gallery."),
        "restored_other": _("{n} assets are back in the gallery."),
        "rated": _("Rated {n} of 5"),
        "tagged": _("Tagged: {tags}"),
        "new_one": _("{n} new"),
        "new_other": _("{n} new"),
        "not_loaded": _("The rest could not be loaded."),
        "drop_to_add": _("Drop to add to the gallery"),
        "adding": _("Adding {name}"),
        "added": _("{name} is in the gallery"),
        "too_large": _("{name} is larger than this studio takes."),
        "not_added": _("{name} was not added: {reason}"),
        "some_failed": _("Some could not be changed: {reason}"),
        "compare_some": _("Choose two to four to compare."),
        "playing": _("Playing"),
        "play": _("Play"),
        "pause": _("Pause"),
        "saved": _("Saved."),
        "binned": _("In the bin."),
        "remove_tag": _("Remove the tag {name}"),
        "undone": _("As it was before."),
        "on_board_one": _("{n} asset is on “{title}” now."),
        "on_board_other": _("{n} assets are on “{title}” now."),
        "already_there": _("All of them are on “{title}” already."),
        "off_board_one": _("Taken off the board."),
        "off_board_other": _("{n} assets taken off the board."),
        "board_made": _("“{title}” is there."),
        "board_gone": _("“{title}” is deleted. Its assets stay."),
        "no_boards": _("No board yet: give the first one a name."),
        "moved": _("Moved to place {n}."),
        "untag": _("Tags taken off: {tags}"),
        "slide": _("{n} of {of}"),
        "importing": _("Reading {name}"),
        "import_of": _("{n} of {of} files"),
        "import_done_one": _("{n} file added"),
        "import_done_other": _("{n} files added"),
        "import_bad_one": _("{n} file was not added"),
        "import_bad_other": _("{n} files were not added"),
        "import_none": _("There is nothing in it that the studio takes."),
        "stop": _("Stop"),
    }
