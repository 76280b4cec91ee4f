"""``skanchors select``: how many anchors a data set needs."""

import argparse
import json
import warnings

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.model_selection import GridSearchCV, GroupKFold

from skanchors._tables import text_table
from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    check_counts,
    check_picture,
)
from skanchors.cli._common import add_input_arguments, read_sizes
from skanchors.cli._evaluate import image_names
from skanchors.cluster import IoUKMeans
from skanchors.inspection import ClusterCountDisplay
from skanchors.model_selection import (
    anchor_scorer,
    refit_elbow,
    refit_one_standard_error,
    refit_smallest_above,
    stability_scorer,
)

EPILOG = """\
Examples:
  skanchors select VOC2007 -k 2:16
  skanchors select VOC2007 -k 3,6,9,12 --input-size 640 --scaling letterbox
  skanchors select VOC2007 -k 2:16 --rule target --target 0.65 --plot counts.png

Each number is scored by cross-validation: anchors are fitted to most images and scored
on the others. The mean IoU rises with every further anchor, so a rule must choose:
  elbow       where the curve of the mean IoU flattens
  one-se      the fewest anchors within one standard error of the best mean IoU
  silhouette  the fewest within one standard error of the best silhouette
  target      the fewest that reach the mean IoU of --target
YOLO heads want a multiple of their levels, usually 3.
"""

_SCORES = ("mean_iou", "silhouette", "best_possible_recall", "anchors_above_threshold")


_COLUMNS = {
    "n_clusters": ("k", "{}"),
    "mean_iou": ("mean IoU", "{:.4f}"),
    "silhouette": ("silhouette", "{:.4f}"),
    "best_possible_recall": ("recall at 4", "{:.4f}"),
    "anchors_above_threshold": ("anchors at 4", "{:.2f}"),
    "stability": ("stability", "{:.4f}"),
}


def add_parser(subparsers):
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "select",
        help="choose the number of anchors for a data set",
        description=(
            "Score each number of anchors by cross-validation over images, show what "
            "the rules choose, and print the anchors of the chosen number."
        ),
        epilog=EPILOG,
        formatter_class=HelpFormatter,
    )
    add_input_arguments(parser)
    parser.add_argument(
        "-k",
        "--n-clusters",
        type=counts,
        default=tuple(range(2, 17)),
        metavar="K",
        help="numbers of anchors, as FIRST:LAST, both included, or 3,6,9 "
        "(default: 2:16)",
    )
    parser.add_argument(
        "--rule",
        choices=("elbow", "one-se", "silhouette", "target"),
        help="which rule chooses (default: target if --target is given, else elbow)",
    )
    parser.add_argument(
        "--target",
        type=at_least(0, float),
        metavar="IOU",
        help="mean IoU that is good enough",
    )
    parser.add_argument(
        "--folds",
        type=int,
        default=5,
        metavar="N",
        help="folds (default: %(default)s)",
    )
    parser.add_argument(
        "--stability",
        action="store_true",
        help="also score how far the anchors of different seeds agree",
    )
    parser.add_argument(
        "--seed",
        type=at_least(0),
        default=0,
        metavar="N",
        help="seed (default: %(default)s)",
    )
    parser.add_argument(
        "--plot", metavar="FILE", help="write a picture of the scores, such as k.png"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)


def counts(text):
    """Read ``2:16`` or ``3,6,9``: the type of an argument."""
    try:
        if ":" in text:
            first, last = (int(part) for part in text.split(":"))
            numbers = range(first, last + 1)
        else:
            numbers = sorted({int(part) for part in text.split(",")})
    except ValueError:
        numbers = ()
    if not numbers or numbers[0] < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not numbers of anchors such as 2:16 or 3,6,9"
        )
    return tuple(numbers)


def run(args):
    """Print the scores, the choices and the anchors."""
    rule = args.rule or ("elbow" if args.target is None else "target")
    if rule == "target" and args.target is None:
        raise ValueError("--rule target needs --target, the mean IoU that is enough.")
    check_picture(args.plot)
    boxes, sizes = read_sizes(args)
    check_counts(max(args.n_clusters), len(sizes))
    search = cross_validate(sizes, image_names(boxes), args)
    choices = choose(search.cv_results_, args.target, rule)
    if rule not in choices:
        raise ValueError(
            f"The rule {rule!r} cannot choose among {len(args.n_clusters)} numbers of "
            "anchors; search more of them with -k."
        )
    rows = score_rows(search.cv_results_)
    if args.stability:
        add_stability(rows, sizes, args.seed)
    model = IoUKMeans(choices[rule], random_state=args.seed).fit(sizes)
    content = {
        "scores": rows,
        "choices": choices,
        "rule": rule,
        "n_clusters": choices[rule],
        "mean_iou": model.mean_iou_,
        "anchors": model.cluster_centers_.tolist(),
        "input_size": args.input_size,
    }
    if args.plot:
        draw(search.cv_results_, choices[rule], args.plot)
    print(json.dumps(content, indent=2) if args.json else text(content))
    return 0


def cross_validate(sizes, images, args):
    """Score all numbers of anchors; the boxes of an image stay in one fold."""
    n_images = len(set(images))
    if not 2 <= args.folds <= n_images:
        raise ValueError(
            f"--folds must be from 2 to the number of images, {n_images}, got "
            f"{args.folds}."
        )
    search = GridSearchCV(
        IoUKMeans(random_state=args.seed),
        {"n_clusters": args.n_clusters},
        scoring=anchor_scorer,
        refit=False,
        cv=GroupKFold(args.folds),
        n_jobs=args.n_jobs,
        error_score="raise",
    )
    with warnings.catch_warnings():
        # The silhouette of one cluster: the table shows that it is not defined.
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        warnings.filterwarnings("ignore", "One or more of the test scores are non-fin")
        return search.fit(sizes, groups=images)


def choose(cv_results, target, taken):
    """What each rule that can choose chooses.

    A rule that warns has fallen back on the highest score: that is worth a word, and a
    place in the list, only for the rule that is taken.
    """
    rules = {
        "elbow": refit_elbow("mean_iou"),
        "one-se": refit_one_standard_error("mean_iou"),
        "silhouette": refit_one_standard_error("silhouette"),
    }
    if target is not None:
        rules["target"] = refit_smallest_above("mean_iou", target)
    choices = {}
    for name, rule in rules.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                index = rule(cv_results)
            except ValueError:  # an elbow of two numbers, the silhouette of one anchor
                continue
        if name == taken or not caught:
            choices[name] = int(cv_results["param_n_clusters"][index])
        if name == taken:
            for warning in caught:
                warnings.warn(str(warning.message), stacklevel=2)
    return choices


def score_rows(cv_results):
    """One row a number of anchors: the mean of each score over the folds."""
    rows = []
    for i, k in enumerate(cv_results["param_n_clusters"].tolist()):
        scores = {name: float(cv_results[f"mean_test_{name}"][i]) for name in _SCORES}
        row = {"n_clusters": k} | {
            name: None if np.isnan(score) else score for name, score in scores.items()
        }
        rows.append(row | {"mean_iou_std": float(cv_results["std_test_mean_iou"][i])})
    return rows


def add_stability(rows, sizes, seed):
    """Add how far one start each of different seeds leads to the same anchors."""
    for row in rows:
        model = IoUKMeans(row["n_clusters"], n_init=1)
        row["stability"] = stability_scorer(model, sizes, random_state=seed)


def draw(cv_results, chosen, file):
    """Write the picture."""
    display = ClusterCountDisplay.from_cv_results(cv_results, chosen=chosen)
    display.figure_.savefig(file)


def text(content):
    """Lay out the content for a terminal."""
    lines = [text_table(content["scores"], _COLUMNS)]
    lines.append("")
    for rule, k in content["choices"].items():
        mark = "  <- taken" if rule == content["rule"] else ""
        lines.append(f"{rule:<10}  {k}{mark}")
    pixels = content["input_size"] is not None
    form = "{:.0f},{:.0f}" if pixels else "{:.4f},{:.4f}"
    anchors = "  ".join(form.format(*anchor) for anchor in content["anchors"])
    lines += ["", f"mean IoU {content['mean_iou']:.4f} with {anchors}"]
    return "\n".join(lines)
