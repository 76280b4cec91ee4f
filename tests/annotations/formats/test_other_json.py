import json

import pytest

RECT = {"shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4}}
RESULT = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([RESULT], "results of COCO, a list of detections"),
        (
            {"_via_settings": {}, "_via_img_metadata": {}},
            "VIA, the VGG Image Annotator",
        ),
        ({"a.jpg12": {"filename": "a.jpg", "regions": [RECT]}}, "VIA, the VGG Image"),
        ([{"id": 1, "annotations": [], "data": {}}], "a project of Label Studio"),
        (
            [{"image": "/data/a.jpg", "id": 1, "label": [], "annotator": 1}],
            "a project of Label Studio",
        ),
        ([{"image": "a.jpg", "annotations": [{"label": "cat"}]}], "a file of CreateML"),
        ([{"name": "a.jpg", "labels": []}], "labels of BDD100K"),
        ({"size": {"width": 9, "height": 9}, "objects": []}, "a file of Supervisely"),
        ({"categories": {}, "items": []}, "a file of Datumaro"),
        ({"samples": [{"filepath": "a.jpg"}]}, "a data set of FiftyOne"),
        ({"version": "2.0", "item": {}, "annotations": []}, "a file of V7 Darwin"),
        ({"shapes": [], "imagePath": "a.jpg"}, "a file of LabelMe"),
        ({"annotations": []}, "not a COCO file"),
        ({"a": 1}, "not a COCO file"),
        ([], "not a COCO file"),
        (None, "not a COCO file"),
    ],
)
def test_what_is_taken_for_coco_is_named(read_text, content, reason):
    table = read_text(json.dumps(content), "a.json", format="coco")
    ((_, number, found),) = table.dropped
    assert number is None
    # What a warning shows is what is before a colon.
    assert reason in found.partition(":")[0]
