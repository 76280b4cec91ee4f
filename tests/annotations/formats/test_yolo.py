import csv

import numpy as np
import pytest

from skanchors.annotations import YOLOBoxExtractor, read_annotations


@pytest.fixture
def read(tmp_path):
    def read(content, **parameters):
        path = tmp_path / "a.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_annotations([path], **({"on_invalid": "ignore"} | parameters))

    return read


def test_sizes_are_the_columns(read):
    table = read("0 0.5 0.5 0.1 0.2\n\n15 0.5 0.5 1 0.300001 0.99\r\n")
    assert table.relative.all()
    assert table.sizes().tolist() == [[0.1, 0.2], [1.0, 0.300001]]
    assert table.label.tolist() == ["0", "15"]
    assert table.image_id.tolist() == ["a", "a"]


def test_segments_have_bounding_boxes(read):
    table = read("3 0.1 0.2 0.5 0.3 0.4 0.9\n1 0 0 1 0 1 0.5 0 0.5\n")
    np.testing.assert_allclose(table.sizes(), [[0.4, 0.7], [1.0, 0.5]], rtol=1e-14)


def test_with_image_sizes_the_table_has_pixels(read):
    table = read("0 0.5 0.5 0.1 0.2", image_sizes={"a.jpg": (640, 480)})
    assert not table.relative.any()
    np.testing.assert_allclose(table.sizes("pixels"), [[64, 96]])
    np.testing.assert_allclose(table.sizes("letterbox", 320), [[32, 48]])


@pytest.mark.parametrize("scaling", ["pixels", "letterbox"])
def test_without_image_sizes_only_stretch_is_possible(tmp_path, read, scaling):
    match = r"only scaling='stretch' is possible"
    with pytest.raises(ValueError, match=match):
        read("0 0.5 0.5 0.1 0.2").sizes(scaling)
    with pytest.raises(ValueError, match=rf"a\.txt.*image_sizes=.*{match}"):
        YOLOBoxExtractor(scaling=scaling).transform([tmp_path / "a.txt"])
    X = YOLOBoxExtractor(input_size=(640, 384)).transform([tmp_path / "a.txt"])
    np.testing.assert_allclose(X, [[64, 76.8]])


def test_class_names(read):
    text = "0 0.5 0.5 0.1 0.2\n1 0.5 0.5 0.1 0.2\n5 0.5 0.5 0.1 0.2\nx .5 .5 .1 .2\n"
    table = read(text, class_names=["cat", "dog"])
    assert table.label.tolist() == ["cat", "dog"]
    assert [f.reason for f in table.dropped] == [
        "class is not among class_names: 5",
        "class is not among class_names: x",
    ]
    assert read(text, class_names={5: "cow"}).label.tolist() == ["cow"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0 0.5 0.5 0.1", "fewer than five columns"),
        ("cat", "fewer than five columns"),
        ("0 0.5 0.5 0.1 x", "column is not a number: "),
        ("0 0.5 0.5 0.1 0.1 0.1 0.1 0.1", "neither a box nor a segment: 8 columns"),
        ("0 nan 0.5 0.1 0.1", "coordinate is not finite"),
        ("0 0.5 0.5 1e999 0.1", "coordinate is not finite"),
        ("0 0.5 0.5 0 0.1", "zero area"),
        ("0 0.5 0.5 -0.1 0.1", "inverted, a side is negative"),
        ("0 320 240 64 48", "outside of the image"),
        ("0 0.1 0.1 0.1 0.1 0.1 0.1", "zero area"),
    ],
)
def test_lines_of_no_use(read, line, reason):
    table = read(f"0 0.5 0.5 0.1 0.2\n{line}\n")
    assert len(table) == 1
    ((_, number, found),) = table.dropped
    assert number == 2
    assert found.startswith(reason)


def test_boxes_beyond_the_image_are_cut(read):
    table = read("0 0.9 0.5 0.4 0.2\n0 0.5 0.5 3 3\n")
    np.testing.assert_allclose(table.sizes(), [[0.3, 0.2], [1, 1]])
    assert [finding.object for finding in table.clipped] == [1, 2]


def test_empty_file_is_an_image_without_objects(read):
    table = read("")
    assert (len(table), table.n_images, table.dropped) == (0, 1, [])


def test_not_text(read):
    ((_, number, reason),) = read(b"\xff\xfe0 0.5").dropped
    assert (number, reason) == (
        None,
        "not a YOLO label file: not UTF-8 text; save it as UTF-8",
    )
    assert len(read(b"\xef\xbb\xbf0 0.5 0.5 0.1 0.2")) == 1


def test_real_labels(shared_data):
    root = shared_data("coco_val_yolo")
    paths = sorted((root / "labels").glob("*.txt"))
    columns = np.concatenate([np.loadtxt(path, ndmin=2) for path in paths])
    X = YOLOBoxExtractor(on_invalid="raise").transform(paths)
    np.testing.assert_array_equal(X, columns[:, 3:5])

    table = read_annotations(paths, image_sizes=root / "sizes.csv")
    np.testing.assert_allclose(table.sizes(), columns[:, 3:5], rtol=1e-12)
    with open(root / "sizes.csv") as file:
        sizes = {row["file"]: row for row in csv.DictReader(file)}
    for path, width in zip(table.path[:50], table.image_width[:50], strict=True):
        assert float(sizes[path.rpartition("/")[2]]["image_width"]) == width
    letterbox = YOLOBoxExtractor(
        scaling="letterbox", input_size=640, image_sizes=root / "sizes.csv"
    ).transform(paths)
    np.testing.assert_allclose(letterbox, table.sizes("letterbox", 640))


@pytest.mark.parametrize("name", ["0x1", "1a", "-x", "3 "])
def test_a_class_that_is_nearly_a_number_is_told(read_text, name):
    text = f"cat .5 .5 .1 .2\n{name} .5 .5 .1 .2\n"
    table = read_text(text, "a.txt")
    assert table.label.tolist() == ["cat", name.strip()]
    told = [note.reason for note in table.notes if "taken for a name" in note.reason]
    assert len(told) == (name != "3 ")
    assert all(repr(name) in reason for reason in told)
    assert not read_text("cat .5 .5 .1 .2\n", "a.txt").notes
    assert not read_text(text, "a.txt", class_names=["0x1", "cat"]).notes
