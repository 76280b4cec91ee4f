"""Boxes in fractions of the image, for a collector that takes pixels."""

from typing import Any, cast

from skanchors.annotations._collector import Collector


def as_pixels(collector: Collector) -> Collector:
    """A collector that makes pixels of fractions where the size of the image is known.

    Parameters
    ----------
    collector : Collector
        Takes them; where the size is unknown it takes the fractions.
    """
    return cast(Collector, _Fractions(collector))


class _Fractions:
    """Stands in for a collector: what is not here, that does."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._size = (1.0, 1.0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collector, name)

    def start_image(
        self, name: str, width: float = 0.0, height: float = 0.0, problem: str = ""
    ) -> None:
        self._size = (width, height) if width else (1.0, 1.0)
        self._collector.start_image(name, width, height, problem)

    def add(self, number: int, label: str, box: tuple, **flags: bool) -> None:
        width, height = self._size
        x, y, w, h = box
        scaled = (x * width, y * height, w * width, h * height)
        self._collector.add(number, label, scaled, **flags)
