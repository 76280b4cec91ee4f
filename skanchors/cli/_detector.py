"""One word for the detector: what the commands take from its name."""

import argparse
import ast
from dataclasses import replace
from typing import Any

from skanchors._checks import check_strides
from skanchors._near import did_you_mean
from skanchors._tables import scaling_text
from skanchors.assignment import rule_names
from skanchors.assignment._rule import make_rule
from skanchors.cli._arguments import UsageError, positive_numbers, tell
from skanchors.detectors import Detector, detector_names, get_detector
from skanchors.detectors._detector import Spec
from skanchors.export import AnchorSet

# Where the text of a style belongs.
PLACES = {
    "darknet": "every [yolo] section of the .cfg",
    "darknet-v2": "the [region] section of the .cfg",
    "yolov5": "the model's .yaml, in place of its anchors; train with --noautoanchor",
    "yolov7": "the model's .yaml, in place of its anchors; train with --noautoanchor",
    "mmdetection": "the head of the config, in place of its anchor_generator",
    "torchvision": "your script, as {argument} {name}",
    "detectron2": "the config .yaml, under MODEL",
    "tensorflow": "pipeline.config, in place of its anchor_generator",
    "efficientdet": "the project's .yml",
    "paddle": "the model's .yml, in place of its anchors",
    "matterport": "your subclass of Config",
}


def place_of(found: Detector, style: str | None = None) -> str:
    """Where a text for this detector belongs, in another style if one is given."""
    if style == "torchvision" != found.style:
        return "your script"
    place = PLACES.get(style or found.style, "your configuration")
    # Where torchvision's models take a generator of anchors depends on the model; the
    # functions that make SSDs take none.
    if found.name.startswith("ssd"):
        argument = "the attribute anchor_generator of the model made by"
    elif "rcnn" in found.name:
        argument = "rpn_anchor_generator= of"
    else:
        argument = "anchor_generator= of"
    return place.format(argument=argument, name=found.name)


def detector(name: str) -> Detector:
    """Read the name of a detector: the type of an argument."""
    try:
        return get_detector(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None


def rule(text: str) -> Spec:
    """Read ``MaxIoU`` or ``MaxIoU:positive=0.6,negative=0.4``: the type of one."""
    name, _, rest = text.partition(":")
    if name not in rule_names():
        raise argparse.ArgumentTypeError(
            f"{name!r} is no rule of assignment.{did_you_mean(name, rule_names())} "
            f"Rules are {', '.join(rule_names())}"
        )
    parameters = {}
    for part in filter(None, rest.split(",")):
        key, _, value = part.partition("=")
        try:
            parameters[key.strip()] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            parameters[key.strip()] = value
    found = Spec(name, parameters)
    try:
        make_rule(found)
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}".rstrip(".")) from None
    return found


def add_detector_arguments(group: Any) -> None:
    """Add the arguments that name a detector and override parts of it."""
    group.add_argument(
        "--detector",
        type=detector,
        metavar="NAME",
        help="take scaling, input size, strides, form, number of anchors, assignment "
        f"and format from a detector: {', '.join(detector_names())}",
    )
    group.add_argument(
        "--assignment",
        type=rule,
        metavar="RULE",
        help="judge by another rule than the detector's, such as "
        f"MaxIoU:positive=0.6,negative=0.4; rules: {', '.join(rule_names())}",
    )
    group.add_argument(
        "--strides",
        type=positive_numbers,
        metavar="S,S,...",
        help="strides of the detector's levels",
    )


def overridden(args: argparse.Namespace) -> Detector:
    """The detector that the arguments name, with what they override.

    Raises
    ------
    UsageError
        If what is given does not fit the detector.
    """
    found: Detector = args.detector
    changes: dict[str, Any] = {}
    scaling = args.scaling and args.scaling.replace("-", "_")
    if scaling and scaling != found.scaling:
        changes["scaling"] = scaling
        is_other_kind = "shortest_edge" in (scaling, found.scaling)
        if args.input_size is None and is_other_kind:
            raise UsageError(
                f"{found.name} has --scaling {found.scaling.replace('_', '-')}; for "
                f"{args.scaling} say --input-size too."
            )
        if scaling == "pixels":
            changes["input_size"] = None
    if args.input_size is not None:
        changes["input_size"] = args.input_size
    if args.assignment is not None:
        changes["rule"] = args.assignment
    if args.strides is not None:
        changes |= _with_strides(found, args.strides)
    if getattr(args, "n_clusters", None) is not None:
        changes["form"] = _with_count(
            found, args.n_clusters, len(changes.get("strides", found.strides))
        )
    return replace(found, **changes) if changes else found


def _with_strides(found: Detector, strides: tuple[float, ...]) -> dict[str, Any]:
    wanted = tuple(sorted(check_strides(strides) or ()))
    if len(wanted) != len(found.strides):
        raise UsageError(
            f"--strides names {len(wanted)} levels, but {found.name} has "
            f"{len(found.strides)}: {_join(found.strides)}."
        )
    anchors = replace(found.default_anchors, strides=wanted)
    return {"strides": wanted, "default_anchors": anchors}


def _with_count(found: Detector, k: int, n_levels: int) -> Spec:
    """The form with another number of anchors in all."""
    parameters = dict(found.form.parameters)
    if found.form.name == "free":
        each, key = n_levels, "n_anchors"
    elif found.form.name == "pyramid":
        each, key = n_levels * parameters["n_sizes"], "n_ratios"
    else:
        raise UsageError(
            f"-k cannot change the number of anchors of {found.name}, whose levels "
            "hold different numbers; leave it out."
        )
    if k % each:
        below = k // each * each
        near = [str(n) for n in (below, below + each) if n]
        raise UsageError(
            f"-k {k} does not fit {found.name}, which holds as many anchors on each of "
            f"its {n_levels} levels; -k {' or '.join(near)} would."
        )
    return Spec(found.form.name, parameters | {key: k // each})


def describe(found: Detector) -> str:
    """What is used of a detector, in one line or two."""
    parameters = found.form.parameters
    form = {
        "free": "{n_anchors} free anchors a level",
        "pyramid": "{n_sizes} x {n_ratios} sizes x ratios a level",
        "ssd": "sizes and ratios of SSD",
    }[found.form.name].format(**{"n_anchors": 3, "n_sizes": 1} | dict(parameters))
    return (
        f"{found.name}: {scaling_text(found.scaling, found.input_size)}, strides "
        f"{_join(found.strides)}, {form}, {found.rule!r}"
    )


def asked_for(args: argparse.Namespace) -> str:
    """What was asked of a fit beside the best mean IoU of all boxes; "" if nothing."""
    parts = []
    if args.objective != "iou":
        parts.append(f"--objective {args.objective}")
    if args.balance is not None:
        kinds = ["class" if kind == "label" else kind for kind in args.balance]
        parts.append(f"--balance {','.join(kinds)}")
    return f", fitted by {' and '.join(parts)}" if parts else ""


def say_how_it_scales(args: argparse.Namespace) -> None:
    """Say how images were scaled, and how the detectors of a style scale them."""
    rows = [get_detector(name) for name in detector_names()]
    rows = [row for row in rows if row.style == args.format]
    if not rows:
        return
    usual = sorted({row.scaling.replace("_", "-") for row in rows})
    text = (
        f"boxes were scaled by --scaling {args.scaling}; detectors of {args.format} "
        f"use {' or '.join(usual)}."
    )
    if args.scaling not in usual:
        text += f" --detector {rows[0].name} would do all as it does."
    tell(f"skanchors fit: note: {text}")


def with_strides_of(anchors: Any, found: Detector) -> AnchorSet:
    """Anchors as a set for a detector, by its strides where they have none."""
    if not isinstance(anchors, AnchorSet):
        anchors = AnchorSet(anchors)
    if anchors.levels is not None and anchors.strides is None:
        if len(anchors.levels) == len(found.strides):
            return replace(anchors, strides=found.strides)
        return replace(anchors, levels=None)
    return anchors


def _join(strides: tuple[float, ...]) -> str:
    return " ".join(f"{stride:.4g}" for stride in strides)
