"""What is known of a detector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from skanchors._checks import check_number, check_pair_of_counts, check_strides
from skanchors.detectors._framework import Framework
from skanchors.export import AnchorSet

FORMS = ("free", "pyramid", "ssd")
SCALINGS = ("stretch", "letterbox", "shortest_edge", "pixels")


@dataclass(frozen=True, repr=False)
class Spec:
    """A form or a rule by its name, with its parameters, which cannot be changed."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fixed = MappingProxyType(dict(self.parameters))
        object.__setattr__(self, "parameters", fixed)

    def __reduce__(self) -> tuple:
        return Spec, (self.name, dict(self.parameters))

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.parameters.items())))

    def __repr__(self) -> str:
        inner = ", ".join(f"{key}={value!r}" for key, value in self.parameters.items())
        return f"{self.name}({inner})"


@dataclass(frozen=True, eq=False)
class Detector:
    """How a detector scales images, which anchors it can hold, and how it assigns them.

    `get_detector` finds the known ones. ``dataclasses.replace`` makes one of your own
    from one of them.

    Parameters
    ----------
    name : str
        What it is called.
    scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}
        How an image is brought to the size of the input.
    input_size : (int, int) or None
        Width and height of the input in pixels; for "shortest_edge" what the shorter
        side becomes and what the longer one may be; None for "pixels".
    strides : sequence of float
        Pixels from one cell to the next, finest level first.
    form : Spec
        Which anchors it can hold, with `name` and `parameters`: "free", `n_anchors` on
        each level; "pyramid", the arguments of a form that crosses sizes with ratios;
        "ssd", those of SSD's form.
    rule : Spec
        How it assigns, with `name`, a class of `skanchors.assignment`, and the
        `parameters` of that class.
    offset : float
        Where in its cell the centre of an anchor lies: 0 on the corner, 0.5 in the
        middle.
    default_anchors : AnchorSet
        The published anchors, with levels and strides.
    style : str
        The style of `skanchors.export.format_anchors` that its configuration takes.
    source, version : str
        Where these facts were found, and of which version of the framework.
    framework : object, default=exact
        What its code rounds, pads and shifts; for `skanchors.assignment`. A detector of
        your own has none of that, or takes it from a known one.

    Raises
    ------
    ValueError
        If the scaling or the form is not known, strides are not positive or not in
        order, or the default anchors have other levels.

    See Also
    --------
    get_detector : The known detectors by name.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from skanchors.detectors import get_detector
    >>> detector = get_detector("retinanet_resnet50_fpn")
    >>> detector.strides, detector.rule
    ((8, 16, 32, 64, 128), MaxIoU(positive=0.5, negative=0.4))
    >>> smaller = replace(detector, name="mine", input_size=(600, 1000))
    >>> smaller.input_size
    (600, 1000)
    """

    name: str
    scaling: str
    input_size: tuple | None
    strides: tuple
    form: Spec
    rule: Spec
    offset: float
    default_anchors: AnchorSet
    style: str = ""
    source: str = ""
    version: str = ""
    framework: Framework = field(default_factory=Framework, repr=False)

    def __post_init__(self) -> None:
        if self.scaling not in SCALINGS:
            raise ValueError(
                f"{self.name}: scaling must be one of {', '.join(SCALINGS)}; got "
                f"{self.scaling!r}."
            )
        if self.form.name not in FORMS:
            raise ValueError(
                f"{self.name}: the form must be one of {', '.join(FORMS)}; got "
                f"{self.form.name!r}."
            )
        strides = check_strides(self.strides)
        if strides is None or list(strides) != sorted(strides):
            raise ValueError(
                f"{self.name}: strides must go from fine to coarse, got {strides}."
            )
        check_number(self.offset, name=f"offset of {self.name}", maximum=1)
        levels = self.default_anchors.levels
        if levels is not None and len(levels) != len(strides):
            raise ValueError(
                f"{self.name}: there are {len(strides)} strides, but the default "
                f"anchors have {len(levels)} levels."
            )
        object.__setattr__(self, "strides", strides)
        if self.input_size is not None:
            pair = check_pair_of_counts(
                self.input_size, name=f"input_size of {self.name}"
            )
            object.__setattr__(self, "input_size", pair)
