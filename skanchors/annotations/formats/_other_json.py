"""JSON of other tools, told by name to those who take it for COCO."""

from collections.abc import Mapping
from typing import Any


def name_json(root: Any) -> str:
    """What a JSON file is that is not COCO, and what to do; no colon in it.

    Parameters
    ----------
    root : object
        The content of the file.

    Returns
    -------
    str
        A reason, for a finding.
    """
    first = root[0] if isinstance(root, list) and root else None
    if isinstance(first, Mapping):
        if {"image_id", "category_id"} <= first.keys():
            return (
                "results of COCO, a list of detections, not annotations; pass the file "
                "that has the images"
            )
        if "annotations" in first and isinstance(first.get("image"), str):
            return "a file of CreateML; export the annotations as COCO"
        if any(key in first for key in ("annotations", "predictions", "annotator")) or (
            any(map(_is_of_label_studio, first.values()))
        ):
            return "a project of Label Studio; export it as COCO or YOLO"
        if "labels" in first and "name" in first:
            return "labels of BDD100K; convert them to COCO"
    if isinstance(root, Mapping):
        if "shapes" in root and "imagePath" in root:
            return "a file of LabelMe; name its format, labelme, or let it be told"
        if isinstance(root.get("objects"), list) and "size" in root:
            return "a file of Supervisely; export the project as COCO"
        if isinstance(root.get("samples"), list):
            return "a data set of FiftyOne; export it as COCO or YOLO"
        if isinstance(root.get("items"), list) and "categories" in root:
            return "a file of Datumaro; convert the data set to COCO"
        if "item" in root and "annotations" in root:
            return "a file of V7 Darwin; export the annotations as COCO"
        values = [
            value for value in list(root.values())[:3] if isinstance(value, Mapping)
        ]
        if any(str(key).startswith("_via_") for key in root) or any(
            "regions" in value and "filename" in value for value in values
        ):
            return (
                "a file of VIA, the VGG Image Annotator; export its annotations as COCO"
            )
        if isinstance(root.get("shapes"), list):
            return "a file of LabelMe, not COCO; its format is 'labelme'"
    return (
        "not a COCO file: the top level must be an object with 'images' and "
        "'annotations'"
    )


def _is_of_label_studio(value: Any) -> bool:
    """Whether a value is the labels of an image in its shorter JSON."""
    some = value[0] if isinstance(value, list) and value else None
    return isinstance(some, Mapping) and "original_width" in some
