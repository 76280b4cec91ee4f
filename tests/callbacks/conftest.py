"""Fixtures for what is written for TensorBoard, and how to read it."""

import pytest


@pytest.fixture
def read():
    """Function of a folder of one run; returns TensorBoard's own reader of it."""
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )

    def read(folder):
        everything = dict.fromkeys(accumulator.DEFAULT_SIZE_GUIDANCE, 0)
        return accumulator.EventAccumulator(str(folder), everything).Reload()

    return read


@pytest.fixture
def runs():
    """Function of a folder of logs; returns the names of its runs."""

    def runs(folder):
        return {
            path.parent.relative_to(folder).as_posix()
            for path in folder.rglob("*tfevents*")
        }

    return runs


@pytest.fixture
def no_picture(monkeypatch):
    """Pictures take most of the time; where nobody looks at them they are empty."""
    monkeypatch.setattr(
        "skanchors.callbacks._anchors.clusters_picture", lambda *_: (b"", 1, 1)
    )
