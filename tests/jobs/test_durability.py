"""What need not outlive a power cut does not wait for the disk; all else does."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from studio import durability

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]

SQL = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
WAITS = {"sqlite": 2, "postgresql": "on"}
DOES_NOT = {"sqlite": 1, "postgresql": "off"}


def said() -> object:
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor])
        return cursor.fetchone()[0]


def test_it_works() -> None:
    assert said() == WAITS[connection.vendor]
    with durability.without_waiting():
        assert connection.in_atomic_block
        assert said() == DOES_NOT[connection.vendor]
    assert said() == WAITS[connection.vendor]


def test_an_error_rolls_back_and_the_next_commit_waits() -> None:
    with pytest.raises(RuntimeError), durability.without_waiting():
        raise RuntimeError
    assert not connection.in_atomic_block
    assert said() == WAITS[connection.vendor]


def test_within_another_transaction_that_one_decides() -> None:
    with transaction.atomic(), durability.without_waiting():
        assert said() == WAITS[connection.vendor]
