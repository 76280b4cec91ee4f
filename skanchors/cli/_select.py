"""``skanchors select``: how many anchors a data set needs."""

import argparse
import warnings
from typing import Any

import numpy as np

from skanchors._tables import counted, only
from skanchors._warnings import warn
from skanchors.cli._arguments import (
    HelpFormatter,
    UsageError,
    add_seed_argument,
    at_least,
    check_counts,
    say_of_unused,
    tell,
)
from skanchors.cli._common import add_input_arguments, read_sizes
from skanchors.cli._detector import add_detector_arguments
from skanchors.cli._evaluate import image_names
from skanchors.cli._json import dump
from skanchors.cli._picture import check_picture, save_picture
from skanchors.cli._select_output import select_text
from skanchors.cluster import IoUKMeans
from skanchors.inspection import ClusterCountDisplay
from skanchors.metrics import (
    best_possible_recall_score,
    iou_silhouette_score,
    pairwise_iou,
)
from skanchors.model_selection import (
    choose_n_clusters,
    refit_elbow,
    refit_gain,
    refit_one_standard_error,
    refit_smallest_above,
    stability_scorer,
)
from skanchors.model_selection._choose import most_clusters

EPILOG = """\
Examples:
  skanchors select VOC2007 -k 2:16
  skanchors select VOC2007 --detector yolov5
  skanchors select VOC2007 -k 3,6,9,12 --input-size 640 --scaling letterbox
  skanchors select VOC2007 -k 2:16 --rule target --target 0.65 --plot counts.png

Each number is scored on images that its anchors were not fitted to. The mean IoU rises
with every further anchor, so a rule must choose:
  gain        the fewest after which --step more gain less than --min-gain (the default)
  elbow       where the curve of the mean IoU flattens; it moves with the range
  one-se      the fewest anchors within one standard error of the best mean IoU
  silhouette  the highest silhouette of the clusters
  target      the fewest that reach --target, a mean IoU, or --target-matched, a share
              of boxes with an IoU of 0.5 or more
Detectors want as many anchors on each level: --detector, or --step 3, counts in levels.
"""

RULES = ("gain", "elbow", "one-se", "silhouette", "target")
# Boxes of which the silhouette is computed.
_SILHOUETTE_BOXES = 5000


def add_parser(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "select",
        help="choose the number of anchors for a data set",
        description=(
            "Score each number of anchors on images held out, show what the rules "
            "choose, and print the anchors of the chosen number."
        ),
        epilog=EPILOG,
        formatter_class=HelpFormatter,
    )
    add_input_arguments(parser)
    add_detector_arguments(parser.add_argument_group("detector"))
    parser.add_argument(
        "-k",
        "--numbers",
        dest="counts",
        type=counts,
        metavar="K",
        help="numbers of anchors, as FIRST:LAST, both included, or 3,6,9 "
        "(default: 2:16; with --step its multiples to 18)",
    )
    parser.add_argument(
        "--rule",
        choices=RULES,
        help="which rule chooses (default: target if one is given, else gain)",
    )
    parser.add_argument(
        "--min-gain",
        type=at_least(0, float, high=1),
        default=0.01,
        metavar="IOU",
        help="gain in mean IoU that is worth --step more anchors (default: "
        "%(default)s)",
    )
    parser.add_argument(
        "--step",
        type=at_least(1),
        metavar="N",
        help="anchors that come together (default: the detector's levels, else 1)",
    )
    parser.add_argument(
        "--target",
        type=at_least(0, float, high=1),
        metavar="IOU",
        help="mean IoU that is good enough",
    )
    parser.add_argument(
        "--target-matched",
        type=at_least(0, float, high=1),
        metavar="SHARE",
        help="share of boxes with an IoU of 0.5 or more that is good enough",
    )
    parser.add_argument(
        "--folds",
        type=at_least(2),
        metavar="N",
        help="folds (default: 5, or the number of images if that is less)",
    )
    parser.add_argument(
        "--stability",
        action="store_true",
        help="also score how far the anchors of different seeds agree",
    )
    add_seed_argument(parser)
    parser.add_argument(
        "--plot", metavar="FILE", help="write a picture of the scores, such as k.png"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


def counts(text: str) -> tuple[int, ...]:
    """Read ``2:16`` or ``3,6,9``: the type of an argument."""
    try:
        if ":" in text:
            first, last = (int(part) for part in text.split(":"))
            numbers = list(range(first, last + 1))
        else:
            numbers = sorted({int(part) for part in text.split(",")})
    except ValueError:
        numbers = []
    if not numbers or numbers[0] < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not numbers of anchors such as 2:16 or 3,6,9"
        )
    return tuple(numbers)


def run(args: argparse.Namespace) -> int:
    """Print the scores, the choices and the anchors."""
    has_target = args.target is not None or args.target_matched is not None
    rule = args.rule or ("target" if has_target else "gain")
    if rule == "target" and not has_target:
        raise UsageError(
            "--rule target needs --target, the mean IoU that is enough, or "
            "--target-matched."
        )
    check_picture(args.plot)
    say_of_unused(args, {"assignment": None}, "here: numbers are scored by their IoU")
    if rule != "gain":
        say_of_unused(args, {"min_gain": 0.01}, f"on --rule {rule}")
    table, sizes = read_sizes(args)
    step = _step(args)
    images = image_names(table)
    n_folds = folds(args.folds, len(set(images)))
    wanted = numbers(args, step, sizes, images, n_folds)
    choice = choose_n_clusters(
        sizes,
        wanted,
        step=step,
        min_gain=args.min_gain,
        image_ids=images,
        cv=n_folds,
        random_state=args.seed,
        verbose=1,
    )
    choices = choose(choice, sizes, args, step, rule)
    rule = rule if rule in choices else "gain"
    chosen = choices[rule]
    if args.plot:
        display = ClusterCountDisplay.from_cv_results(
            choice.cv_results, chosen=chosen, rule=rule
        )
        save_picture(display, args.plot)
    content = _content(choice, choices, rule, sizes, args)
    print(dump(content) if args.json else select_text(choice, content, args))
    return 0


def folds(asked: int | None, n_images: int) -> int:
    """The number of folds, of which each needs an image with boxes."""
    if n_images < 2:
        raise ValueError(
            "Each number of anchors is scored on images that were held out, and there "
            "is only one image with boxes. Name more files."
        )
    if asked is not None and asked > n_images:
        raise ValueError(
            f"--folds {asked} needs as many images with boxes, and there are "
            f"{n_images}."
        )
    return asked or min(5, n_images)


def _where(most: int) -> str:
    return f"where images are held out there {only(most, 'different box')}"


def numbers(
    args: argparse.Namespace,
    step: int,
    sizes: np.ndarray,
    images: np.ndarray,
    n_folds: int,
) -> list[int]:
    """Numbers of anchors to score: as asked, or as many as these boxes allow.

    Parameters
    ----------
    args : Namespace
    step : int
    sizes : ndarray of shape (n_boxes, 2)
    images : ndarray of shape (n_boxes,)
        Image of each box.
    n_folds : int
    """
    most = most_clusters(sizes, images, n_folds, args.seed)
    if args.counts:
        wanted = [k for k in args.counts if k % step == 0]
        come = f"--step {step}" if args.step else f"{step}, one a level,"
        if not wanted:
            end = come.rstrip(",")
            raise UsageError(f"-k names no multiple of {end}; -k {step} is one.")
        if len(wanted) < len(args.counts):
            left = ", ".join(map(str, wanted))
            tell(
                f"skanchors select: note: of -k only the multiples of {come} are "
                f"scored: {left}."
            )
        check_counts(max(wanted), len(sizes))
        if max(wanted) > most:
            raise ValueError(
                f"-k asks for {counted(max(wanted), 'anchor')}, but {_where(most)} "
                "to find them in. Ask for fewer anchors, or name more files."
            )
        return wanted
    return usual_numbers(args, step, most)


def usual_numbers(args: argparse.Namespace, step: int, most: int) -> list[int]:
    """The numbers that are scored where none are named, up to `most`."""
    usual = range(step, 19, step) if step > 1 else range(min(2, most), 17)
    wanted = [k for k in usual if k <= most]
    if not wanted:
        raise ValueError(
            f"{step} anchors come together, but {_where(most)} to find them in. Name "
            "more files."
        )
    if wanted[-1] < usual[-1]:
        tell(
            f"skanchors {args.command}: note: up to {counted(wanted[-1], 'anchor')} "
            f"only, since {_where(most)}."
        )
    return wanted


def _step(args: argparse.Namespace) -> int:
    if args.step is not None:
        return args.step
    if args.detector is None:
        return 1 if args.strides is None else len(args.strides)
    return anchors_that_come_together(args.detector)


def anchors_that_come_together(detector: Any) -> int:
    """One a level of a detector with free anchors."""
    if detector.form.name != "free":
        raise UsageError(
            f"{detector.name} crosses sizes with ratios, whose numbers its head "
            "fixes; select chooses among free anchors."
        )
    return len(detector.strides)


def choose(
    choice: Any, sizes: np.ndarray, args: argparse.Namespace, step: int, taken: str
) -> dict[str, int]:
    """What each rule that can choose chooses; the one that is taken always does.

    Parameters
    ----------
    choice : ClusterCountChoice
    sizes : ndarray of shape (n_boxes, 2)
    args : Namespace
    step : int
    taken : str
        Where this one cannot choose, it is left out, with a word about it.
    """
    results = choice.cv_results
    rules: dict[str, Any] = {
        "gain": refit_gain("mean_iou", step=step, min_gain=args.min_gain, warn=False),
        "elbow": refit_elbow("mean_iou"),
        "one-se": refit_one_standard_error("mean_iou"),
    }
    if args.target is not None:
        rules["target"] = refit_smallest_above("mean_iou", args.target)
    if args.target_matched is not None:
        rules["target"] = refit_smallest_above("matched", args.target_matched)
    choices: dict[str, int] = {}
    for name, rule in rules.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                index = rule(results)
            except ValueError:  # an elbow of two numbers
                continue
        # A rule that warns has fallen back: a word about that is worth it, and a place
        # in the list, only for the rule that is taken.
        if name == taken or not caught:
            choices[name] = int(results["param_n_clusters"][index])
        if name == taken:
            for warning in caught:
                warn(str(warning.message))
    if taken == "silhouette":
        silhouettes = _silhouettes(choice, sizes, args.seed)
        if silhouettes:
            choices["silhouette"] = max(silhouettes, key=silhouettes.__getitem__)
    if taken not in choices:
        n = len(choice.rows)
        warn(
            f"The rule {taken!r} cannot choose among {n} number{'s' * (n > 1)} of "
            "anchors; the rule 'gain' did."
        )
    return choices


def _silhouettes(choice: Any, sizes: np.ndarray, seed: int) -> dict[int, float]:
    """Silhouette of the clusters of each number of anchors above 1."""
    scores = {}
    for k, anchors in choice.paths.items():
        labels = pairwise_iou(sizes, anchors).argmax(axis=1)
        if len(set(labels.tolist())) > 1:
            scores[k] = iou_silhouette_score(
                sizes,
                labels,
                sample_size=min(_SILHOUETTE_BOXES, len(sizes)),
                random_state=seed,
            )
    return scores


def _content(
    choice: Any,
    choices: dict[str, int],
    rule: str,
    sizes: np.ndarray,
    args: argparse.Namespace,
) -> dict[str, Any]:
    """Everything that is printed.

    Parameters
    ----------
    choice : ClusterCountChoice
    choices : dict of str to int
    rule : str
        The one that is taken.
    sizes : ndarray of shape (n_boxes, 2)
    args : Namespace
    """
    rows = []
    for row in choice.rows:
        k = row["n_clusters"]
        recall = best_possible_recall_score(sizes, choice.paths[k])
        rows.append(row | {"mean_iou": row["held_out"], "best_possible_recall": recall})
        if args.stability:
            model = IoUKMeans(k, n_init=1)
            rows[-1]["stability"] = stability_scorer(
                model, sizes, random_state=args.seed
            )
    chosen = choices[rule]
    row = next(row for row in rows if row["n_clusters"] == chosen)
    return {
        "scores": rows,
        "choices": choices,
        "rule": rule,
        "n_clusters": chosen,
        "at_end": chosen == max(choice.paths) and len(choice.paths) > 1,
        "mean_iou": row["fitted"],
        "mean_iou_held_out": row["held_out"],
        "anchors": choice.paths[chosen].tolist(),
        "input_size": args.input_size,
    }
