"""Reading text as a file of one format."""

import pytest

from skanchors.annotations import read_annotations


@pytest.fixture
def read_text(tmp_path):
    def read(text, name, **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_annotations([path], **{"on_invalid": "ignore"} | options)

    return read


@pytest.fixture
def boxes():
    """Widths and heights of a table, in pixels."""
    return lambda table: [
        (w, h) for w, h in zip(table.width.tolist(), table.height.tolist(), strict=True)
    ]
