import numpy as np
import pytest

from skanchors.annotations import (
    AnnotationWarning,
    read_annotations,
    read_kitti_dimensions,
)

CAR = "Car 0.50 1 -1.57 10.5 20 110.5 70 1.5 1.6 3.9 0.4 1.4 69.0 -1.56"
NOBODY = "DontCare -1 -1 -10 0 0 50 50 -1 -1 -1 -1000 -1000 -1000 -10"
SIZES = {"a": (1242, 375)}


def test_boxes_flags_and_regions(read_text, boxes):
    text = f"{CAR}\n{NOBODY}\n{CAR.replace('0.50', '0.00')} 0.93\n"
    table = read_text(text, "a.txt", image_sizes=SIZES, on_invalid="raise")
    assert boxes(table) == [(100, 50)] * 2
    assert table.truncated.tolist() == [True, False]
    assert table.label.tolist() == ["Car"] * 2
    assert table.n_crowd == 1
    every = read_text(text, "a.txt", image_sizes=SIZES, crowd=True)
    assert every.crowd.tolist() == [False, True, False]


def test_images_are_in_the_folder_beside(tmp_path):
    label = tmp_path / "training" / "label_2" / "000001.txt"
    image = tmp_path / "training" / "image_2" / "000001.png"
    for path in (label, image):
        path.parent.mkdir(parents=True)
    label.write_text(CAR)
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\xda\0\0\1\x77\x08\x02\0\0\0"
    image.write_bytes(header)
    table = read_annotations([label], on_invalid="raise")
    assert (table.image_width[0], table.image_height[0]) == (1242, 375)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Car 0 0 -1.5 599 156 629 189", "8 columns, not 15 or 16"),
        (CAR.replace("10.5", "1_0.5"), "not a number: '1_0.5'"),
        (CAR.replace("10.5", "ten"), "column is not a number"),
        (CAR.replace(" 10.5", " nan"), "coordinate is not finite"),
    ],
)
def test_lines_of_no_use(read_text, line, reason):
    table = read_text(f"{CAR}\n\n{line}\n", "a.txt", image_sizes=SIZES)
    assert len(table) <= 1
    (finding,) = [f for f in table.dropped if f.object == 3]
    assert reason in finding.reason


def test_three_dimensions(tmp_path):
    path = tmp_path / "a.txt"
    person = CAR.replace("Car", "Pedestrian").replace("1.5 1.6 3.9", "1.8 0.6 0.7")
    path.write_text("\n".join([CAR, NOBODY, person]))
    expected = [[1.5, 1.6, 3.9], [1.8, 0.6, 0.7]]
    np.testing.assert_array_equal(read_kitti_dimensions([path]), expected)
    cars = read_kitti_dimensions([path], classes=["Car"])
    np.testing.assert_array_equal(cars, expected[:1])
    assert read_kitti_dimensions([path], classes=["Tram"]).shape == (0, 3)
    path.write_text(f"{CAR}\nCar 0 0\n{CAR.replace('3.9', '-1')}\n{CAR}")
    with pytest.warns(AnnotationWarning, match="2 of 4 objects"):
        assert len(read_kitti_dimensions([path])) == 2
    with pytest.raises(ValueError, match=r"a\.txt, object 2: not a KITTI label"):
        read_kitti_dimensions([path], on_invalid="raise")
    with pytest.raises(ValueError, match="on_invalid must be"):
        read_kitti_dimensions([path], on_invalid="maybe")
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.warns(AnnotationWarning, match="not a KITTI label file"):
        assert len(read_kitti_dimensions([path])) == 0
