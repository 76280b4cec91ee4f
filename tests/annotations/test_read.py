import json

import numpy as np
import pytest
from voc_parts import write_voc

from skanchors.annotations import AnnotationWarning, read_annotations
from skanchors.datasets import list_annotations

# --- real data


@pytest.mark.parametrize(
    ("name", "n_boxes", "n_difficult", "dropped"),
    [
        ("voc2007_trainval", 15662, 3054, []),
        ("bccd", 4886, 0, ["BloodImage_00338.xml", "BloodImage_00343.xml"]),
        ("raccoon", 217, 0, []),
    ],
)
def test_real_voc(shared_data, name, n_boxes, n_difficult, dropped):
    paths = list_annotations(shared_data(name))
    if dropped:
        with pytest.warns(AnnotationWarning, match="zero area: 2 .*338.*343") as caught:
            table = read_annotations(paths)
        assert len(caught) == 1
    else:
        table = read_annotations(paths, on_invalid="raise")
    assert len(table) == n_boxes
    assert table.difficult.sum() == n_difficult
    assert [finding.path[-20:] for finding in table.dropped] == dropped
    assert table.clipped == []
    assert table.n_files == table.n_images == len(paths)
    assert (table.width <= table.image_width).all()


# What is left of each file of the dirty archive: boxes, then what was left out or
# cut, with numbers of objects.
MISSING = "size of the image is missing"
BAD_XML = "not well-formed XML"
OUTSIDE = "outside of the image"
INVERTED = "inverted, a side is negative"
BEYOND = "reaches beyond the image"
DIRTY = {
    "real/bccd__BloodImage_00338.xml": (13, {13: "zero area"}),
    "real/bccd__BloodImage_00343.xml": (11, {4: "zero area"}),
    "real/cctv__000000.xml": (10, {}),
    "real/cctv__000005.xml": (0, {}),
    "real/cctv__002182.xml": (45, {}),
    "real/kitti2d__001153.xml": (6, {}),
    "real/mmyolo__VOC2007_000001.xml": (2, {}),
    "real/mmyolo__VOC2012_000001.xml": (1, {}),
    "real/raccoon__raccoon-150.xml": (1, {}),
    "real/scuthead__PartA_00250.xml": (1, {}),
    "real/scuthead__PartA_00595.xml": (0, {}),
    "real/scuthead__PartA_01002.xml": (77, {60: "zero area"}),
    "real/scuthead__PartB_00059.xml": (5, {}),
    "real/scuthead__PartB_00103.xml": (0, dict.fromkeys(range(1, 6), MISSING)),
    "real/scuthead__PartB_00165.xml": (0, dict.fromkeys(range(1, 4), MISSING)),
    "real/structural_damage__000001.xml": (1, {}),
    "real/svhn__10312.xml": (3, {3: BEYOND}),
    "real/svhn__12434.xml": (2, {1: BEYOND}),
    "real/svhn__12668.xml": (2, {1: BEYOND}),
    "real/uielements__000438.xml": (25, {}),
    "real/uielements__001002.xml": (15, {}),
    "real/uielements__001021.xml": (5, dict.fromkeys(range(5, 14), OUTSIDE)),
    "real/widerface__0_Parade_Parade_0_452.xml": (0, {1: "zero area"}),
    "real/widerface__12_Group_Large_Group_12_Group_Large_Group_12_31.xml": (
        1145,
        {446: "zero area"},
    ),
    "real/widerface__54_Rescue_rescuepeople_54_29.xml": (31, {28: INVERTED}),
    "real/widerface__7_Cheering_Cheering_7_17.xml": (441, {359: INVERTED}),
    "transcribed/heart6622_hat_000012.xml": (3, {}),
    "transcribed/theos_einstein.xml": (
        0,
        dict.fromkeys((1, 2, 3, 5), MISSING) | {4: INVERTED},
    ),
    "transcribed/wenzhenmiao_kitti_000005.xml": (1, {}),
    "derived/bom_utf8.xml": (1, {}),
    "derived/default_namespace.xml": (1, {}),
    "derived/empty_coord.xml": (0, {1: "coordinate is missing: xmin"}),
    "derived/empty_file.xml": (0, {None: BAD_XML}),
    "derived/gbk_declared.xml": (1, {}),
    "derived/gbk_undeclared.xml": (0, {None: BAD_XML}),
    "derived/nan_coord.xml": (0, {1: "coordinate is not finite"}),
    "derived/no_size.xml": (0, {1: MISSING}),
    "derived/object_without_bndbox.xml": (0, {1: "no bndbox"}),
    "derived/part_after_bndbox_001627.xml": (1, {}),
    "derived/part_before_bndbox_001627.xml": (1, {}),
    "derived/truncated_file.xml": (0, {None: BAD_XML}),
    "derived/utf16_bom.xml": (1, {}),
}


@pytest.mark.parametrize("name", DIRTY)
def test_dirty_file(shared_data, name):
    path = str(shared_data("dirty") / name)
    n_boxes, findings = DIRTY[name]
    table = read_annotations([path], on_invalid="ignore")
    assert len(table) == n_boxes
    found = {f.object: f.reason for f in [*table.dropped, *table.clipped]}
    assert found.keys() == findings.keys()
    for number, reason in findings.items():
        assert found[number].startswith(reason)
    if findings:
        with pytest.warns(AnnotationWarning, match=path[-12:]):
            read_annotations([path])
        with pytest.raises(ValueError, match=path[-12:]):
            read_annotations([path], on_invalid="raise")
    else:
        read_annotations([path], on_invalid="raise")


def test_every_dirty_file_has_an_expectation(shared_data):
    root = shared_data("dirty")
    assert {p.relative_to(root).as_posix() for p in root.rglob("*.xml")} == set(DIRTY)


def test_the_missing_sizes_of_dirty_files_can_be_given(shared_data):
    root = shared_data("dirty")
    sizes = json.loads((root / "true_sizes.json").read_text())
    sizes = {f"scuthead__{name}": size for name, size in sizes.items()}
    paths = [root / "real" / f"{name}.xml" for name in sizes]
    table = read_annotations(paths, image_sizes=sizes, on_invalid="raise")
    assert len(table) == 8
    assert set(table.image_width) == {280}
    pixels = read_annotations(paths, need_image_size=False, on_invalid="raise")
    np.testing.assert_array_equal(pixels.sizes("pixels"), table.sizes("pixels"))
    with pytest.raises(ValueError, match="only 'pixels' is possible"):
        pixels.sizes()


def test_the_box_of_the_object_in_files_with_parts(shared_data):
    paths = sorted((shared_data("dirty") / "derived").glob("part_*.xml"))
    table = read_annotations(paths)
    assert table.sizes("pixels").tolist() == [[176, 468]] * 2


# --- the same boxes in three formats


def test_formats_agree(tmp_path):
    rng = np.random.default_rng(0)
    images, annotations, expected = [], [], []
    for i in range(20):
        size = rng.integers(50, 2000, size=2)
        low = rng.uniform(0, 0.5, size=(4, 2)) * size
        wh = rng.uniform(0.01, 0.5, size=(4, 2)) * size
        expected += [(*row, *size) for row in wh.tolist()]
        boxes = np.hstack([low, low + wh]).tolist()
        write_voc(tmp_path / f"{i:02d}.xml", size, boxes)
        center = (low + wh / 2) / size
        rows = np.hstack([center, wh / size])
        lines = [f"3 {' '.join(map(repr, row))}" for row in rows.tolist()]
        (tmp_path / f"{i:02d}.txt").write_text("\n".join(lines))
        images.append({"id": i, "width": int(size[0]), "height": int(size[1])})
        annotations += [
            {"id": 9, "image_id": i, "category_id": 3, "bbox": [*p, *q]}
            for p, q in zip(low.tolist(), wh.tolist(), strict=True)
        ]
    content = {"images": images, "annotations": annotations}
    (tmp_path / "all.json").write_text(json.dumps(content))
    voc = read_annotations(sorted(tmp_path.glob("*.xml")), on_invalid="raise")
    coco = read_annotations([tmp_path / "all.json"], on_invalid="raise")
    sizes = {
        f"{image['id']:02d}": tuple(expected[4 * image["id"]][2:]) for image in images
    }
    yolo = read_annotations(
        sorted(tmp_path.glob("*.txt")), image_sizes=sizes, on_invalid="raise"
    )
    for table in (voc, coco, yolo):
        columns = (table.width, table.height, table.image_width, table.image_height)
        np.testing.assert_allclose(np.column_stack(columns), expected, rtol=1e-9)
        for scaling in ("stretch", "letterbox"):
            np.testing.assert_allclose(
                table.sizes(scaling, (640, 384)),
                voc.sizes(scaling, (640, 384)),
                atol=1e-6,
            )


def test_formats_may_be_mixed_and_are_told_by_their_endings(tmp_path):
    write_voc(tmp_path / "a.XML", (10, 10), [(1, 1, 5, 5)])
    write_voc(tmp_path / "a.dat", (10, 10), [(1, 1, 5, 5)])
    (tmp_path / "b.txt").write_text("0 .5 .5 .1 .1")
    paths = [tmp_path / "a.XML", tmp_path / "b.txt", tmp_path / "a.XML"]
    table = read_annotations(paths)
    assert table.relative.tolist() == [False, True, False]
    assert table.sizes().tolist() == [[0.4, 0.4], [0.1, 0.1], [0.4, 0.4]]
    assert len(read_annotations([tmp_path / "a.dat"], format="voc")) == 1
    with pytest.raises(ValueError, match=r"a\.dat' cannot be told.*format="):
        read_annotations([tmp_path / "a.dat"])
    with pytest.raises(ValueError, match="format must be one of"):
        read_annotations([tmp_path / "a.dat"], format="xls")


def test_what_is_no_annotation_file_is_named_with_the_way_out(tmp_path):
    with pytest.raises(IsADirectoryError, match="list_annotations"):
        read_annotations([tmp_path])
    image = tmp_path / "a.jpg"
    image.touch()
    with pytest.raises(ValueError, match=r"Of images and a data\.yaml read_dataset"):
        read_annotations([image])
