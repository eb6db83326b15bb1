"""Which test shows that a row of the API's contract answers as written: ROWS, kept true by the tests below it.

Files without a folder lie beside this one. Boards, reviews, comments, shares, presets and webhooks come with their rooms.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.api.test_contract import CALLS

HERE = Path(__file__).parent
ROWS = {
    # Start and sign in without a browser
    "manage.py run, test: set-up, port, host": "setup/test_manage::test_setup_needs_only_the_standard_library"
    " setup/test_ports::test_a_port_must_be_a_port setup/test_ports::test_a_host_must_be_of_this_machine",
    "manage.py studio: starts all, starts again what dies, stops all": "supervisor/test_studio::test_it_works"
    " supervisor/test_studio::test_a_part_that_dies_is_started_again"
    " supervisor/test_studio::test_no_process_is_left_when_it_is_killed_or_asked_to_stop",
    "manage.py token, signin": "test_rows_running::test_commands_that_sign_in_without_a_browser",
    "the link of the first start": "supervisor/test_studio::test_it_prints_one_link_that_signs_the_owner_in",
    "/healthz, /readyz": "test_follow::test_the_parts_answer",
    # Errors
    "401": "test_signin::test_a_token_is_needed",
    "403, 404": "rights/test_matrix::test_address test_jobs::test_who_may_not",
    "409": "test_jobs::test_the_same_key_and_body_is_the_same_job",
    "413": "security/test_bombs::test_a_body_that_is_too_large gallery/test_api::test_too_large",
    "415": "gallery/test_api::test_what_is_refused test_problems::test_a_body_that_is_no_json",
    "422": "test_jobs::test_what_cannot_be_accepted test_jobs::test_a_need_that_no_node_can_meet",
    "429": "security/test_throttle::test_wrong_tokens_are_answered_ever_more_cheaply_and_right_ones_pass",
    "503": "test_problems::test_a_busy_database_is_a_503",
    "problem documents with a documented type": "test_problems::test_every_type_is_documented_with_its_status"
    " test_problems::test_a_body_that_cannot_be_used",
    # Lists
    "keyset pages, newest first": "test_rows::test_every_list_is_a_keyset_page_of_at_most_200"
    " test_people::test_lists_are_pages_newest_first test_contract::test_every_list_takes_team_cursor_and_limit",
    "without team": "test_jobs::test_lists_filter test_jobs::test_without_a_team_it_goes_to_the_tokens_team",
    "openapi.json needs no token": "test_docs::test_openapi_needs_no_token",
    # The table
    "GET /me": "test_rows::test_me",
    "GET /tools, GET /tools/{name}": "test_tools::test_it_works"
    " test_tools::test_it_says_whether_it_can_run_and_why_not"
    " test_rows::test_tools_have_the_names_of_inputs_that_stay test_contract::test_names_of_inputs_stay",
    "POST /jobs": "test_jobs::test_it_works test_rows::test_submit_takes_team_parent_title_and_priority",
    "Idempotency-Key": "test_rows::test_a_key_is_honoured_on_jobs_and_batches_apart_from_other_people"
    " test_jobs::test_the_same_key_and_body_is_the_same_job test_batches::test_the_same_key_is_the_same_batch",
    "GET /jobs": "test_jobs::test_lists_filter test_rows::test_jobs_of_a_batch_and_state",
    "GET /jobs/{job}": "test_rows_running::test_a_job_that_has_run_has_all_of_its_fields",
    "GET /jobs/{job}/events": "test_follow::test_the_stream_is_what_the_long_poll_says"
    " test_follow::test_the_long_poll_answers_as_soon_as_there_is_something"
    " test_rows::test_a_week_after_the_end_events_are_a_snapshot",
    "GET /jobs/{job}/stream": "test_follow::test_the_stream_is_what_the_long_poll_says"
    " test_follow::test_a_reader_that_comes_back_goes_on_where_it_was"
    " test_rows_running::test_events_that_are_no_longer_kept_are_a_reset_and_a_snapshot",
    "GET /jobs/{job}/preview": "test_follow::test_no_preview_is_a_404"
    " test_follow::test_the_stream_is_what_the_long_poll_says",
    "POST /jobs/{job}/cancel": "test_jobs::test_cancel test_rows::test_cancel_after_the_end_changes_nothing",
    "POST /jobs/{job}/retry": "test_jobs::test_retry"
    " test_rows_running::test_a_job_that_has_run_has_all_of_its_fields",
    "GET /queue, POST /queue/move": "test_jobs::test_the_queue_and_its_order"
    " test_rows::test_the_queue_says_reason_and_time_left",
    "POST /batches": "test_batches::test_matrix_items_and_wordings_multiply test_batches::test_count_raises_the_seed"
    " test_batches::test_a_dry_run_stores_nothing test_batches::test_all_or_nothing"
    " test_rows::test_a_batch_is_at_most_ten_thousand",
    "GET /batches/{batch}": "test_rows::test_batch_counts_are_of_the_newest_in_each_chain",
    "POST /batches/{batch}/cancel, POST /batches/{batch}/pause, POST /batches/{batch}/resume": (
        "test_batches::test_pause_resume_cancel"
    ),
    "POST /batches/{batch}/retry-failed": "test_batches::test_retry_failed",
    "GET /batches/{batch}/export": "test_follow::test_a_batch_comes_as_a_zip",
    "POST /assets": "gallery/test_api::test_upload",
    "OPTIONS /uploads/, POST /uploads/, HEAD /uploads/{upload}, PATCH /uploads/{upload}, DELETE /uploads/{upload}": (
        "gallery/test_uploads::test_it_works gallery/test_uploads::test_what_it_can"
        " gallery/test_uploads::test_giving_up"
    ),
    "GET /assets": "test_rows::test_assets_are_found_by_each_filter gallery/test_api::test_list",
    "GET /assets/{asset}, GET /assets/{asset}/parts/{name}": "test_rows::test_an_asset_has_all_of_its_fields",
    "GET /assets/{asset}/content": "gallery/test_files::test_it_works gallery/test_files::test_a_range"
    " gallery/test_files::test_if_none_match",
    "PATCH /assets/{asset}": "gallery/test_api::test_change",
    "DELETE /assets/{asset}, POST /assets/{asset}/restore": "gallery/test_api::test_bin"
    " gallery/test_delete::test_after_thirty_days_it_is_gone_with_its_bytes",
    "GET /threads, POST /threads, GET /threads/{thread}/turns, POST /threads/{thread}/turns": (
        "threads/test_api::test_a_talk_from_start_to_end"
    ),
    "GET /teams, GET /members": "test_people::test_a_team_is_made_and_read"
    " test_people::test_members_are_listed_and_change_roles",
    "GET /models": "test_rows::test_models_are_listed_and_told",
    "GET /nodes": "test_jobs::test_nodes",
    # Websocket
    "/ws/jobs, a preview's frame": "feeds/test_sockets::test_it_works",
    "/ws/batches": "test_rows_running::test_a_batchs_socket_tells_of_its_jobs_alone",
    "/ws/team": "feeds/test_sockets::test_the_teams_feed_tells_of_jobs_and_assets",
    "after=n, or reset where n is too old": "feeds/test_sockets::test_a_cut_socket_goes_on_after_n"
    " test_rows_running::test_events_that_are_no_longer_kept_are_a_reset_and_a_snapshot",
    "refused alike": "feeds/test_sockets::test_not_there_and_not_yours_are_refused_alike",
    "rights while open": "security/test_revocation::test_a_revoked_token_loses_its_sockets_at_once",
    "Origin": "feeds/test_sockets::test_a_cookie_counts_only_from_our_own_pages",
    # OpenAI-compatible
    "chat/completions": "openai/test_chat::test_it_works openai/test_chat::test_a_stream_says_the_same",
    "images/generations": "openai/test_images::test_it_works",
    "images/edits": "openai/test_edits::test_it_works",
    "audio/speech, audio/transcriptions": "test_rows::test_sound_says_that_it_is_not_there",
    "models": "openai/test_models::test_default_is_always_one_of_them",
    "shows in the queue and the gallery": "openai/test_chat::test_it_works openai/test_images::test_it_works",
}


@cache
def names_in(file: str) -> set[str]:
    """Names of the tests in a file, named as ROWS does."""
    path = (HERE.parent if "/" in file else HERE) / f"{file}.py"
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS)
def test_its_tests_are_there(row: str) -> None:
    for named in ROWS[row].split():
        file, _, test = named.partition("::")
        assert test in names_in(file), named


def test_no_call_is_left_out() -> None:
    called = re.compile(r"[A-Z]+ /[^\s,]*")
    assert {call for row in ROWS for call in called.findall(row)} == set(CALLS)
