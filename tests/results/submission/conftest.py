"""The desk for tests of this room."""

import pytest

from tests.people import Cast
from tests.results.submission.desk import Desk


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)
