"""The closed month of the fictional city, once for all tests of documents."""

from __future__ import annotations

import pytest

from tests.files.documents.example_month import Month, month_of


@pytest.fixture(scope="session")
def june(tmp_path_factory: pytest.TempPathFactory) -> Month:
    return month_of(tmp_path_factory.mktemp("june"))
