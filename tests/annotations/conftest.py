"""A small data set."""

import pytest
from writers import draw


@pytest.fixture
def photos():
    """Twelve images with boxes of three classes; the last has none."""
    return draw(12)
