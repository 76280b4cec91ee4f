"""Lines of more than six columns, and numbers that are none."""

import warnings

import numpy as np
import pytest

from skanchors.annotations import AnnotationWarning, YOLOBoxExtractor, read_annotations
from skanchors.annotations.formats import _class_numbers
from skanchors.annotations.formats._class_numbers import label_of, number_as_label

BOX = (0.3, 0.2)


@pytest.fixture
def read(tmp_path):
    def read(*lines, **parameters):
        path = tmp_path / "a.txt"
        path.write_text("\n".join(lines))
        return read_annotations([path], **({"on_invalid": "ignore"} | parameters))

    return read


def draw(rng, n):
    """Centres and sizes of boxes inside the image."""
    size = rng.uniform(0.05, 0.5, (n, 2))
    return np.hstack([rng.uniform(size / 2, 1 - size / 2), size])


def line(numbers, label=0):
    return " ".join([str(label), *(f"{v:.6g}" for v in np.ravel(numbers))])


def poses(rng, n, n_points, values, *, visible=None):
    """Boxes with key points inside, of two or three values each."""
    boxes = draw(rng, n)
    rows = []
    for x, y, w, h in boxes:
        points = rng.uniform(-0.48, 0.48, (n_points, 2)) * [w, h] + [x, y]
        if values == 3:
            seen = rng.integers(0, 3, n_points) if visible is None else visible
            third = np.broadcast_to(seen, n_points)[:, None]
            points = np.hstack([points * (third > 0), third])
        rows.append(np.concatenate([[x, y, w, h], points.ravel()]))
    return boxes[:, 2:], rows


@pytest.mark.parametrize("visible", [None, 2, 1])
@pytest.mark.parametrize("n_points", [1, 3, 4, 5, 17])
@pytest.mark.parametrize("n_objects", [1, 6])
def test_poses_with_visibility(read, n_objects, n_points, visible):
    sizes, rows = poses(
        np.random.default_rng(n_points), n_objects, n_points, 3, visible=visible
    )
    table = read(*map(line, rows))
    np.testing.assert_allclose(table.sizes(), sizes, atol=1e-5)
    assert not table.notes or visible == 1


@pytest.mark.parametrize("n_points", [2, 3, 5, 17])
def test_poses_without_visibility(read, n_points):
    sizes, rows = poses(np.random.default_rng(0), 8, n_points, 2)
    table = read(*map(line, rows))
    np.testing.assert_allclose(table.sizes(), sizes, atol=1e-5)
    (note,) = table.notes
    assert note.reason.startswith("more than six columns, read as a box")


@pytest.mark.parametrize("n_points", [1, 5])
def test_landmarks_that_are_absent(read, n_points):
    rng = np.random.default_rng(1)
    sizes, rows = poses(rng, 4, n_points, 2)
    rows[0][4:] = rows[2][4:] = -1
    table = read(*map(line, rows))
    np.testing.assert_allclose(table.sizes(), sizes, atol=1e-5)
    only = read(line([0.5, 0.5, 0.1, 0.06] + [-1] * 10))
    np.testing.assert_allclose(only.sizes(), [[0.1, 0.06]])
    assert not only.notes


def test_landmarks_that_are_absent_by_minus_one_pixel(read):
    box, absent = [0.5, 0.5, 0.2, 0.3], [-1 / 640, -1 / 480]
    table = read(line(box + [0.45, 0.6] + 2 * absent), line(box + 3 * absent))
    np.testing.assert_allclose(table.sizes(), [[0.2, 0.3]] * 2)


def test_two_landmarks_are_hardly_corners_of_a_turned_box(read):
    # Nearly a parallelogram: by a third of its extent.
    table = read(line([0.5, 0.5, 0.6, 0.68, 0.6, 0.6, 0.45, 0.4]))
    np.testing.assert_allclose(table.sizes(), [[0.6, 0.68]])


def test_the_last_point_of_a_segment_is_no_confidence_and_track(read):
    # The first two points look like a box that holds all others but the last.
    points = [[0.5, 0.5], [0.6, 0.9], [0.6, 0.3], [0.3, 0.5], [0.4, 0.25], [0.95, 0.2]]
    np.testing.assert_allclose(read(line(points)).sizes(), [[0.65, 0.7]])


@pytest.mark.parametrize("ids", [[7, 8, 31], [1, 2, 3], [0, 1, 1]])
def test_rows_of_a_tracker(read, ids):
    boxes = draw(np.random.default_rng(2), 3)
    rows = [np.r_[box, 0.87, number] for box, number in zip(boxes, ids, strict=True)]
    np.testing.assert_allclose(read(*map(line, rows)).sizes(), boxes[:, 2:], atol=1e-5)


def star(rng, n):
    """A polygon around a point, as people and programs draw segments."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    radius = rng.uniform(0.05, 0.3, (n, 1))
    return 0.5 + radius * np.column_stack([np.cos(angle), np.sin(angle)])


@pytest.mark.parametrize("lengths", [[12, 15, 9], [10] * 6, [25]])
def test_segments(read, lengths):
    rng = np.random.default_rng(3)
    polygons = [star(rng, n) for n in lengths]
    table = read(*map(line, polygons))
    sizes = [np.ptp(polygon, axis=0) for polygon in polygons]
    np.testing.assert_allclose(table.sizes(), sizes, atol=1e-5)


def test_a_wrong_number_does_not_turn_segments_into_boxes(read):
    rng = np.random.default_rng(4)
    polygons = [star(rng, n) for n in (12, 15, 9, 11)]
    polygons[2][5, 1] = 7.3
    table = read(*map(line, polygons))
    kept = [np.ptp(polygons[i], axis=0) for i in (0, 1, 3)]
    np.testing.assert_allclose(table.sizes(), kept, atol=1e-5)
    assert [finding.object for finding in table.dropped] == [3]


def turned(rng, n):
    """Four corners of turned boxes, in fractions of an image of 3 : 2."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    found = []
    for angle in rng.uniform(0, np.pi, n):
        c, s = np.cos(angle), np.sin(angle)
        size = rng.uniform(0.05, 0.3, 2)
        points = corners * size @ [[c, s], [-s, c]] + rng.uniform(0.3, 0.7, 2)
        found.append(points / [1, 1.5])
    return found


@pytest.mark.parametrize("n", [1, 5])
def test_corners_of_turned_boxes(read, n):
    found = turned(np.random.default_rng(5), n)
    table = read(*map(line, found))
    sizes = [np.ptp(points, axis=0) for points in found]
    np.testing.assert_allclose(table.sizes(), sizes, atol=1e-5)


def test_columns_settle_what_is_ambiguous_and_the_decision_is_said_once(tmp_path):
    text = "0 0.50 0.50 0.10 0.20 0.48 0.45 0.52 0.45\n"
    paths = [tmp_path / f"{i}.txt" for i in range(5)]
    for path in paths:
        path.write_text(text)
    with pytest.warns(AnnotationWarning, match="read as a box and other values") as w:
        table = read_annotations(paths)
    assert len(w) == 1
    assert "columns='segment'" in str(w[0].message)
    np.testing.assert_allclose(table.sizes(), [[0.1, 0.2]] * 5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for columns, size in (("box", (0.1, 0.2)), ("segment", (0.42, 0.3))):
            X = YOLOBoxExtractor(columns=columns).transform(paths)
            np.testing.assert_allclose(X, [size] * 5)
    with pytest.raises(ValueError, match="columns"):
        read_annotations(paths, columns="boxes")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0,0.5,0.5,0.3,0.2", BOX),
        ("0, 0.5 0.5 0.3 0.2", BOX),
        ("0, 0.5, 0.5, 0.3, 0.2,", BOX),
        ("0\t0.5\t0.5\t0.3\t0.2", BOX),
        ("0;0.5;0.5;0.3;0.2", BOX),
        ("0; 0.5; 0.5; 0.3; 0.2;", BOX),
        ("0; 0.5 0.5 0.3 0.2", BOX),
        ("0 ,0.5 ,0.5 ,0.3 ,0.2", BOX),
    ],
)
def test_commas_and_semicolons(read, text, size):
    table = read(text)
    np.testing.assert_allclose(table.sizes(), [size])
    assert table.label.tolist() == ["0"]
    assert read(text, class_names=["cat"]).label.tolist() == ["cat"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0 0,5 0,5 0,3 0,2", "commas in numbers"),
        ("0;0,5;0,5;0,3;0,2", "commas in numbers"),
        ("0,,0.5,0.3,0.2", "column is not a number: ''"),
        ("0 164 287 105 35", "outside of the image, these look like pixels"),
        ("0 164 287 105 35 200 300", "outside of the image, these look like pixels"),
        (
            "Car 0 0 -1.5 599 156 629 189 2.8 2.6 12 0.4 1.4 69 -1.5",
            "outside of the image, it looks like a KITTI label; name its format, kitti",
        ),
        ("-1 0.5 0.5 0.3 0.2", "class is not a whole number from 0: -1"),
        ("1_0 0.5 0.5 0.3 0.2", "class is not a whole number from 0: 1_0"),
        ("0.5 0.5 0.5 0.3 0.2", "class is not a whole number from 0: 0.5"),
        ("nan 0.5 0.5 0.3 0.2", "class is not a whole number from 0: nan"),
        ("0 0.5 .1_1 0.3 0.2", "column is not a number: '.1_1'"),
        ("0 0.5 \u0661 0.3 0.2", "column is not a number"),
        ("0 0.5 0.5 0.3", "fewer than five columns"),
        ("0: 0.5 0.5 0.3 0.2", "class is not a whole number from 0: 0:"),
        (
            "100 100 200 100 200 150 100 150 small-vehicle 0",
            "column is not a number, it looks like a label of DOTA or "
            "ICDAR; convert it to COCO: 'small-vehicle'",
        ),
        (
            "0 0 Van 0 0 -1.8 296.7 161.7 455.2 292.3 2.0 1.8 4.4 -4.5 1.8 13.4 -2.1",
            "column is not a number, it looks like a KITTI label of tracks; "
            "write a file an image, without the first two columns: 'Van'",
        ),
        (
            "684,8,273,116,1,4,0,2",
            "neither a box nor a segment, it looks like VisDrone; make a CSV of it",
        ),
        (
            "1,1,912,484,97,109,0,7,1",
            "outside of the image, it looks like MOT Challenge; make a CSV of it",
        ),
        (
            "449 330 122 149 0 0 1 0 2 0",
            "neither a box nor a segment, it looks like WIDER FACE or MOT Challenge",
        ),
        (
            "0 10 20 300 20 300 200 10 200",
            "outside of the image, these look like pixels where YOLO has fractions",
        ),
    ],
)
def test_refused(read, text, reason):
    for lines in ([text], ["0 0.5 0.5 0.3 0.2", text]):
        table = read(*lines, format="yolo")
        assert len(table) == len(lines) - 1
        assert table.dropped[0].reason.startswith(reason)
        assert table.dropped[0].object == len(lines)


@pytest.mark.parametrize("text", ["1", "1.0", "1.000000e+00", "01", "+1"])
@pytest.mark.parametrize("names", [None, ["a", "b"], {1: "b"}])
def test_ways_to_write_class_1(read, text, names):
    table = read(f"{text} 0.5 0.5 0.3 0.2", class_names=names)
    assert table.label.tolist() == ["1" if names is None else "b"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("classes.txt", "cat\nblack dog\n"),
        ("obj.names", "\ufeffcat\r\nblack dog\r\n\r\n"),
        ("data.yaml", "names: [cat, black dog]\nnc: 2\n"),
        ("more.yml", "train: here\nnames:\n  0: cat\n  1: black dog\n"),
        ("list.json", '["cat", "black dog"]'),
        ("map.json", '{"0": "cat", "1": "black dog"}'),
    ],
)
def test_names_of_classes_from_a_file(read, tmp_path, name, content):
    if name.endswith("ml"):
        pytest.importorskip("yaml")
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    for given in (file, str(file)):
        table = read("1 0.5 0.5 0.3 0.2", "2 0.5 0.5 0.3 0.2", class_names=given)
        assert table.label.tolist() == ["black dog"]
        assert "class is not among class_names: 2" in table.dropped[0].reason


def test_a_class_may_be_told_by_its_name(read):
    lines = ["dog 0.5 0.5 0.3 0.2", "0 0.5 0.5 0.3 0.2", "cow 0.5 0.5 0.3 0.2"]
    for names in (["cat", "dog"], {0: "cat", 5: "dog"}):
        table = read(*lines, class_names=names)
        assert table.label.tolist() == ["dog", "cat"]
        (finding,) = table.dropped
        assert finding.reason == "class is not among class_names: cow"


def test_names_are_not_looked_through_for_each_object():
    class Names(list):
        def __contains__(self, name):
            raise AssertionError("takes time that grows with the number of names")

    names = Names(["cat", "dog"])
    assert label_of("dog", names) == "dog"
    names = Names(["cow"])
    assert label_of("cow", names) == "cow"
    with pytest.raises(ValueError, match="not among"):
        label_of("dog", names)


def test_long_texts_of_classes_are_not_kept():
    before = _class_numbers._class.cache_info().currsize
    kept = number_as_label.cache_info().currsize
    for i in range(3):
        label = f"{i}" + "x" * 1000
        assert label_of(label, None) == label
        assert label_of(label, [label]) == label
    assert _class_numbers._class.cache_info().currsize == before
    assert number_as_label.cache_info().currsize == kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("label_map.pbtxt", "item {\n  id: 1\n  name: 'cat'\n}\n"),
        ("names.txt", "names = {0: 'cat'}"),
        ("names.json", "{}"),
        ("names.json", "[1, 2]"),
        ("names.json", '{"cat": 0}'),
    ],
)
def test_what_is_no_list_of_names(read, tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match="holds no names of classes"):
        read("0 0.5 0.5 0.3 0.2", class_names=tmp_path / name)


def test_corners_in_place_of_centre_and_size_are_told(read):
    lines = ["0 0.1 0.1 0.9 0.9", "0 0.3 0.3 0.5 0.4"]
    for sizes in (None, {"a.jpg": (640, 480)}):
        table = read(*lines, image_sizes=sizes)
        assert [finding.object for finding in table.clipped] == [1]
        (note,) = table.notes
        assert note.reason.startswith("the boxes fit if their columns are corners")
    # Not if one box cannot be corners, or if all are in the image as they are.
    assert not read(*lines, "0 0.5 0.5 0.3 0.2").notes
    assert not read("0 0.2 0.3 0.4 0.4").notes


def test_what_holds_no_names(read, tmp_path):
    file = tmp_path / "empty.txt"
    file.write_text("")
    with pytest.raises(ValueError, match=r"empty\.txt holds no names"):
        read("0 0.5 0.5 0.3 0.2", class_names=file)
    with pytest.raises(ValueError, match=r"gone\.txt"):
        read("0 0.5 0.5 0.3 0.2", class_names=str(tmp_path / "gone.txt"))
    with pytest.raises(TypeError, match="class_names must be a list"):
        read("0 0.5 0.5 0.3 0.2", class_names=7)


@pytest.mark.parametrize(
    ("sixth", "told"), [(0, 0), (0.87, 0), (1, 0), (-1.2, 1), (45, 1)]
)
def test_a_sixth_column_that_is_no_confidence_is_told(read, sixth, told):
    table = read("0 0.5 0.5 0.3 0.2 0.9", f"0 0.5 0.5 0.3 0.2 {sixth}")
    assert len(table) == 2
    assert len(table.notes) == told
    assert all("the angle of a turned box" in note.reason for note in table.notes)
