"""Every sentence that a script says, in the person's language. Templates hand them over as data (see `script_words`).

A placeholder is `{name}`; a pair under `…_one` and `…_other` goes by number.
"""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Key to sentence. Keys are what scripts ask for with `say("key", {…})`."""
    return _frame() | _times() | _fields() | _stage() | _coach() | _chat() | _files()


def _frame() -> dict[str, str]:
    return {
        "running": _("running"),
        "waiting": _("waiting"),
        "queue": _("Queue"),
        "queue_empty": _("Queue empty"),
        "queue_none": _("Nothing runs and nothing waits."),
        "queue_sum": _("left for your team: {running} running, {waiting} waiting"),
        "queue_sum_plain": _("{running} running, {waiting} waiting"),
        "section_running": _("Running"),
        "section_waiting": _("Waiting"),
        "step_of": _("step {step} of {total}"),
        "next": _("Next"),
        "found_assets": _("Assets"),
        "found_tools": _("Do"),
        "found_pages": _("Go to"),
        "found_none": _("Nothing found. Try another word."),
        "theme_dark": _("Switch to the dark theme"),
        "theme_light": _("Switch to the light theme"),
        "theme_system": _("Follow the system's theme"),
        "bell": _("Notices"),
        "bell_one": _("Notices, {n} unread"),
        "bell_other": _("Notices, {n} unread"),
        "notice_new": _("New notice: {title}"),
        "here_now": _("Also here: {names}"),
        "here_beside": _("On this page"),
        "here_elsewhere": _("Elsewhere in the team"),
        "here_more_one": _("{n} more"),
        "here_more_other": _("{n} more"),
        "changed_by": _(
            "{name} changed this meanwhile. What you wrote is still here; it stands against the old state."
        ),
        "changed_meanwhile": _(
            "This was changed meanwhile. What you wrote is still here; it stands against the old state."
        ),
        "reload": _("Reload"),
        "close": _("Close"),
        "undo": _("Undo"),
        "try_again": _("Try again"),
        "open": _("Open"),
        "offline_title": _("No connection to the studio since {time}"),
        "offline_text": _("Running jobs go on. What you have written stays here. Trying again by itself."),
        "try_now": _("Try now"),
        "online_again": _("The connection is back."),
        "not_reached": _("The studio cannot be reached. What you wrote is still here."),
        "went_wrong": _("That did not work. Try again in a moment."),
        "signed_out": _("You have been signed out. Sign in again; what you wrote is kept on this device."),
    }


def _times() -> dict[str, str]:
    return {
        "seconds": _("{n} s"),
        "minutes": _("{n} min"),
        "minutes_seconds": _("{m} min {s} s"),
        "hours_minutes": _("{h} h {m} min"),
        "left": _("left"),
        "about": _("about {time}"),
        "time_unknown": _("time not known yet"),
        "told": _("Notes"),
        "quicker": _("This takes about {time}. {title} takes about {less}, with less detail."),
        "quicker_take": _("Take {title}"),
        "when_tonight": _("Tonight, from {time}"),
        "when_tomorrow": _("Tomorrow, from {time}"),
        "when_at": _("starts {time}"),
        "when_idle": _("runs when nothing else waits"),
        "when_missing": _("Choose the time at which it is to begin."),
        "when_past": _("That time has passed. Choose a later one, or Now."),
        "jobs_one": _("job"),
        "jobs_other": _("jobs"),
        "words_one": _("{n} word"),
        "words_other": _("{n} words"),
    }


def _fields() -> dict[str, str]:
    return {
        "reset_to": _("Reset to {value}"),
        "clear": _("Clear"),
        "lora_weight": _("Weight of {name}"),
        "lora_off": _("Take {name} off"),
        "lora_words": _("Words that call it up: {words}"),
        "changed_one": _("{n} changed"),
        "changed_other": _("{n} changed"),
        "wordings": _("{n} wordings"),
        "preset_saved": _("The preset “{name}” is saved"),
        "random": _("random"),
        "upload_wait": _("Uploading {name}"),
        "upload_done": _("{name} is ready to use"),
        "upload_wrong": _("{name} is no picture that can be read. Try a PNG, JPEG or WebP file."),
        "drop_here": _("Drop to use as a reference"),
        "no_place": _(
            "This tool takes no {medium}. Choose one that does, such as Revise on the asset's page."
        ),
        "remove": _("Remove {name}"),
        "count_wrong": _("A whole number from 1 to {most}."),
        "wrong_inputs": _("Some inputs need a change; see beside the fields."),
        "prompt_missing": _("Write a prompt first: say what you want to see or read."),
        "medium_text": _("Text"),
        "medium_image": _("Image"),
        "medium_music": _("Music"),
        "medium_video": _("Video"),
        "medium_speech": _("Speech"),
        "prompt_long": _("At most {most} characters; this has {n}."),
        "matrix_input": _("Input of this axis"),
        "sheet_reading": _("Reading {name}"),
        "sheet_unused": _("Not used"),
        "sheet_good": _("{rows} rows, all can be made."),
        "sheet_bad": _("{rows} rows, of which {n} need a change. Mend or leave them out."),
        "sheet_line": _("Line {line}"),
        "sheet_cell": _("Line {line}, {column}"),
        "sheet_first": _("The first rows"),
        "leave_out_one": _("Leave the row out"),
        "leave_out_other": _("Leave the {n} rows out"),
        "matrix_values": _("Values, with commas between"),
        "offer_progress": _("Being installed, {percent} %"),
        "offer_done": _("Installed. It is used from the next prompt on."),
        "comments_open": _("Open comments: {n}"),
        "weave": _("Weave them into the prompt"),
        "weaving": _("The prompt is being written anew. Yours stays until you take the other."),
        "weave_failed": _("It could not be written. Your prompt is as it was."),
        "woven": _("The prompt with the comments followed; change it as you like."),
        "woven_use": _("Use it"),
        "woven_leave": _("Leave it"),
        "woven_used": _("The prompt is the new one."),
        "woven_undone": _("The prompt is yours again."),
    }


def _stage() -> dict[str, str]:
    return {
        "state_queued": _("Waiting"),
        "state_running": _("Running"),
        "state_succeeded": _("Done"),
        "state_failed": _("Failed"),
        "state_cancelled": _("Cancelled"),
        "heard_progress": _("Running, {percent} %"),
        "waits_for": _("Waits: {reason}"),
        "starting": _("Starting"),
        "on_node": _("on {node}"),
        "of_steps": _("of {n} steps"),
        "words_unit": _("words"),
        "go_on": _("Go on with this asset"),
        "stop": _("Stop"),
        "stopping": _("Stopping"),
        "cancel": _("Cancel"),
        "stopped": _("Stopped"),
        "stopped_text": _(
            "What was finished stays in the gallery. Your prompt and inputs are as you left them."
        ),
        "failed_after": _("Failed after {time}"),
        "failed_title": _("This job failed"),
        "inputs_kept": _("Your prompt and inputs are as you left them."),
        "retry": _("Retry as it is"),
        "other_seed": _("Try another seed"),
        "install_model": _("See the models"),
        "use": _("Use"),
        "vary": _("Vary"),
        "revise": _("Revise"),
        "upscale": _("Upscale"),
        "download": _("Download"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "seed": _("seed {n}"),
        "preview_of": _("Preview: {title}"),
        "job_done": _("{title} is done"),
        "job_failed": _("{title} failed"),
        "allow_notice": _("Tell me when it is done"),
        "yes": _("Yes"),
        "notice_on": _("You will be told when a long job ends."),
        "gone": _("This job is not there any more. Its assets, if it made any, are in the gallery."),
        "batch_of": _("{at} of {total}"),
        "this_batch": _("This batch, {done} of {total}"),
        "recent": _("Recent"),
        "second_try": _("The worker was lost; it runs again from the start."),
    }


def _coach() -> dict[str, str]:
    return {
        "coach_precise": _("Precise"),
        "coach_context": _("Context"),
        "coach_length": _("Length"),
        "coach_idea": _("One idea"),
        "coach_leading": _("Open question"),
        "coach_vague": _("“{word}” says little: what exactly should be there?"),
        "coach_short": _("Say a little more: what, where, in what light or mood?"),
        "coach_short_text": _("Say a little more: what is it about, for whom, in what tone?"),
        "coach_context_image": _("Where and when is it? A place or a light makes the picture yours."),
        "coach_context_text": _("For whom is it, and in what tone?"),
        "coach_length_text": _("Say how long it should be."),
        "coach_leading_text": _("The question already holds its answer. Ask it openly."),
        "coach_ideas_text": _("There are {n} wishes in it. One prompt for each gets better answers."),
        "coach_try": _("Try again with “{words}”"),
        "coach_add_light": _("in soft morning light"),
        "coach_add_tone": _("for a friend, in plain words"),
        "coach_add_length": _("in about 100 words"),
        "coach_good": _("Nothing to add."),
    }


def _chat() -> dict[str, str]:
    return {
        "you": _("You"),
        "writing": _("writing"),
        "writing_now": _("writing now"),
        "waits": _("waits"),
        "rename": _("Name of the thread"),
        "edit": _("Edit"),
        "again": _("Again"),
        "keep": _("Keep"),
        "kept": _("Kept"),
        "kept_text": _("Kept: it is in the gallery now."),
        "branch": _("Branch {at} of {total}"),
        "previous_branch": _("Previous branch"),
        "next_branch": _("Next branch"),
        "save_submit": _("Submit as a new branch"),
        "leave_it": _("Leave it"),
        "room_words": _("Room for about {n} more words"),
        "room_little": _("Little room left: about {n} words. The oldest turns will soon be left out."),
        "room_none": _(
            "The talk is longer than the model can hold: the oldest turns are left out from here on."
        ),
        "chat_stopped": _("Stopped"),
        "chat_failed": _("No answer: {reason}"),
        "new_thread": _("New thread"),
        "today": _("Today"),
        "earlier": _("Earlier"),
    }


def _files() -> dict[str, str]:
    """Pictures from elsewhere, and pictures for elsewhere."""
    return {
        "carried_title": _("This picture carries its prompt"),
        "carried_from": _("{source} wrote it into {name}. What is ticked fills in the form."),
        "carried_none": _("{source} wrote into {name} how it was made, but nothing of that fits this tool."),
        "carried_what": _("What was read"),
        "carried_take": _("Fill in"),
        "carried_no": _("Leave it"),
        "carried_left_one": _("1 thing has no place here"),
        "carried_left_other": _("{n} things have no place here"),
        "carried_done": _("Filled in from {name}."),
        "download_as": _("Download as"),
        "format": _("Format"),
        "quality": _("Quality, 1 to 100"),
        "side_longest": _("Longest side"),
        "side_as_is": _("as it is"),
        "side_at_most": _("{px} px at most"),
        "in_the_file": _("In the file"),
        "write_prompt": _("The prompt"),
        "write_prompt_help": _("for whoever gets the file, in XMP"),
        "write_parameters": _("Prompt and settings as text"),
        "write_parameters_help": _("for A1111, Forge and tools that read their files"),
    }
