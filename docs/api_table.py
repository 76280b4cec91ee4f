"""The one table of the API reference: every public name, package by package.

``conf.py`` writes the pages of the reference from it, and a test checks that no public
name is missing. A name is listed in the package that users import it from.
"""

from pathlib import Path
from typing import NamedTuple


class Section(NamedTuple):
    """Names that belong together; a package with one section needs no title for it."""

    title: str
    names: tuple


class Package(NamedTuple):
    """One page of the reference."""

    title: str
    about: str
    sections: tuple


API = {
    "skanchors": Package(
        "Estimators",
        "What a Pipeline is made of: readers of annotation files, the clustering, and "
        "a summary for boxes that outgrow memory.",
        (
            Section(
                "Clustering",
                ("IoUKMeans", "PyramidAnchors", "SSDAnchors", "BoxHistogram"),
            ),
            Section("For a detector", ("fit_detector", "DetectorFit")),
            Section(
                "Readers",
                ("VOCBoxExtractor", "COCOBoxExtractor", "YOLOBoxExtractor"),
            ),
            Section("Help", ("show_versions",)),
        ),
    ),
    "skanchors.annotations": Package(
        "Annotations",
        "Annotation files read into tables and sizes. The extractors are listed "
        "under :doc:`skanchors`.",
        (
            Section(
                "Reading",
                (
                    "read_annotations",
                    "read_dataset",
                    "from_records",
                    "read_kitti_dimensions",
                    "iter_sizes",
                    "stamp_paths",
                ),
            ),
            Section("Results", ("AnnotationTable", "Finding", "AnnotationWarning")),
            Section("Weights", ("balanced_weight",)),
            Section("Other formats", ("register_format", "unregister_format")),
        ),
    ),
    "skanchors.metrics": Package(
        "Metrics",
        "Distances between boxes that share a centre, and scores of anchors.",
        (
            Section(
                "Scores",
                (
                    "mean_iou_score",
                    "grid_iou_score",
                    "matched_score",
                    "best_possible_recall_score",
                    "anchors_above_threshold_score",
                    "iou_silhouette_score",
                    "iou_silhouette_samples",
                ),
            ),
            Section(
                "Distances of two boxes",
                (
                    "iou_distance",
                    "giou_distance",
                    "ciou_distance",
                    "ratio_distance",
                    "fitness_distance",
                ),
            ),
            Section(
                "Distances of many boxes",
                ("pairwise_iou", "iou_distances", "pairwise_box_distances"),
            ),
            Section(
                "The table of metrics",
                ("metric_names", "register_metric", "unregister_metric"),
            ),
        ),
    ),
    "skanchors.model_selection": Package(
        "Choosing the number of anchors",
        "Scorers for ``scoring=``, rules for ``refit=``, and a quick sweep.",
        (
            Section(
                "Scorers",
                (
                    "mean_iou_scorer",
                    "best_possible_recall_scorer",
                    "matched_scorer",
                    "grid_iou_scorer",
                    "silhouette_scorer",
                    "anchor_scorer",
                    "stability_scorer",
                ),
            ),
            Section(
                "Rules",
                (
                    "refit_gain",
                    "refit_elbow",
                    "refit_one_standard_error",
                    "refit_smallest_above",
                ),
            ),
            Section(
                "A range of numbers at once",
                (
                    "choose_n_clusters",
                    "ClusterCountChoice",
                    "anchor_path",
                    "AnchorPath",
                ),
            ),
        ),
    ),
    "skanchors.inspection": Package(
        "Judging and drawing",
        "Reports and comparisons as text, and pictures.",
        (
            Section(
                "Reports",
                (
                    "anchor_report",
                    "AnchorReport",
                    "compare_anchors",
                    "AnchorComparison",
                    "assignment_report",
                    "AssignmentReport",
                    "dataset_report",
                    "DatasetReport",
                ),
            ),
            Section(
                "Pictures",
                (
                    "BoxSizeDisplay",
                    "AnchorClustersDisplay",
                    "AnchorShapesDisplay",
                    "AssignmentDisplay",
                    "ClusterCountDisplay",
                    "IoUDistributionDisplay",
                    "SilhouetteDisplay",
                ),
            ),
        ),
    ),
    "skanchors.certify": Package(
        "Certificates",
        "Proof of how far from the best possible a set of anchors is.",
        (Section("", ("certify_anchors", "Certificate", "CertificateDisplay")),),
    ),
    "skanchors.export": Package(
        "Export",
        "Anchors as text for the configuration of a detector, and back.",
        (
            Section("Text", ("format_anchors", "parse_anchors", "style_names")),
            Section("Levels", ("assign_levels", "AnchorSet")),
            Section("Published sets", ("default_anchors", "default_anchor_names")),
        ),
    ),
    "skanchors.detectors": Package(
        "Detectors",
        "How each detector scales images, places anchors and assigns them.",
        (Section("", ("get_detector", "detector_names", "Detector")),),
    ),
    "skanchors.assignment": Package(
        "Assignment",
        "What a detector's training would do with anchors.",
        (
            Section("Assigning", ("assign", "Assignment")),
            Section(
                "Rules",
                (
                    "MaxIoU",
                    "SSDMatch",
                    "ATSS",
                    "BestAnchor",
                    "SideRatio",
                    "GridCells",
                ),
            ),
            Section("Rules of your own", ("register_rule", "rule_names", "Matches")),
        ),
    ),
    "skanchors.cost": Package(
        "Cost",
        "Sizes, parameters and operations of layers, and what anchors cost.",
        (
            Section("Tables", ("head_cost", "profile_layers", "CostTable")),
            Section(
                "Formulas",
                (
                    "conv2d_output_size",
                    "conv2d_flops",
                    "conv2d_macs",
                    "linear_flops",
                    "linear_macs",
                ),
            ),
            Section(
                "Layers",
                (
                    "Conv2d",
                    "Linear",
                    "ReLU",
                    "MaxPool2d",
                    "AdaptiveAvgPool2d",
                    "Dropout",
                    "vgg16_layers",
                ),
            ),
        ),
    ),
    "skanchors.callbacks": Package(
        "Callbacks",
        "What listens to a fit, beside the callbacks of scikit-learn.",
        (Section("", ("TensorBoardLogger",)),),
    ),
    "skanchors.datasets": Package(
        "Data",
        "Boxes and annotations to start with.",
        (
            Section(
                "",
                (
                    "load_sample_paths",
                    "list_annotations",
                    "fetch_voc",
                    "make_boxes",
                    "make_voc_annotations",
                ),
            ),
        ),
    ),
}


def names(package):
    """All names that the table lists for a package."""
    return [name for section in API[package].sections for name in section.names]


def homes():
    """For each short name, the package that it is listed in."""
    return {name: package for package in API for name in names(package)}


def write_pages(folder):
    """Write one page a package, and the page that lists them, below a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    listed = [package for package in API if names(package)]
    _write(folder / "api.rst", _index(listed))
    for package in listed:
        _write(folder / f"{package}.rst", _page(package))


def _index(packages):
    toctree = "\n".join(f"   {package}" for package in packages)
    rows = "\n".join(
        f"* :doc:`{package}`: {API[package].about}" for package in packages
    )
    return (
        f".. _api:\n\n{_title('API reference')}\n\n{rows}\n\n"
        f".. toctree::\n   :hidden:\n\n{toctree}\n"
    )


def _page(package):
    about = API[package]
    parts = [
        _title(f"{about.title}: {package}"),
        about.about,
        f".. currentmodule:: {package}",
    ]
    for section in about.sections:
        if section.title:
            parts.append(f"{section.title}\n{'-' * len(section.title)}")
        listing = "\n".join(f"   {name}" for name in section.names)
        parts.append(f".. autosummary::\n   :toctree: .\n\n{listing}")
    return "\n\n".join(parts) + "\n"


def _title(text):
    return f"{text}\n{'=' * len(text)}"


def _write(path, text):
    # Untouched if nothing changed, so that a second build has little to do.
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
