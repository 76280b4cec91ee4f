import pytest

SIZES = {"a b": (100, 200), "c": (100, 200)}


def test_lines(read_text, boxes):
    text = "x/a b.jpg 1,2,11,22,0 3,4,13,34,1\nd,e.jpg\nC:\\x\\c.JPG 1,2,5,6,1\n"
    names = ["cat", "dog"]
    table = read_text(
        text, "train.txt", image_sizes=SIZES, class_names=names, on_invalid="raise"
    )
    assert boxes(table) == [(10, 20), (10, 30), (4, 4)]
    assert table.label.tolist() == ["cat", "dog", "dog"]
    assert table.image_id.tolist() == ["x/a b", "x/a b", "C:/x/c"]
    assert table.n_images == 3
    numbers = read_text(text, "train.txt", image_sizes=SIZES)
    assert numbers.label.tolist() == ["0", "1", "1"]


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ("1,2,11,22", "box is not x_min,y_min,x_max,y_max,class"),
        ("1,2,11,22,0,9", "box is not x_min"),
        ("1,2,1_1,22,0", "not a number: '1_1'"),
        ("1,2,x,22,0", "coordinate is not a number"),
        ("1,2,11,22,7", "class is not among class_names: 7"),
        ("1,2,11,22,-1", "class is not a whole number from 0: -1"),
    ],
)
def test_boxes_of_no_use(read_text, box, reason):
    table = read_text(
        f"c.jpg 1,2,5,6,0 {box}\n",
        "train.txt",
        image_sizes=SIZES,
        class_names=["cat", "dog"],
    )
    assert len(table) == 1
    ((_, number, found),) = table.dropped
    assert (number, reason in found) == (2, True), found


def test_what_is_no_text(read_text):
    with pytest.raises(ValueError, match="not UTF-8"):
        read_text(b"\xff.jpg 1,2,3,4,5", "a.txt", on_invalid="raise")


@pytest.mark.parametrize("text", ["1.0", "1", "1.000000e+00", "dog"])
def test_classes_are_read_as_those_of_yolo(read_text, text):
    line = f"a.jpg 1,2,31,42,{text}\n"
    table = read_text(line, "a.txt", class_names=["cat", "dog"], need_image_size=False)
    assert table.label.tolist() == ["dog"]


@pytest.mark.parametrize("text", ["-1", "1_0", "1.5", "nan"])
def test_classes_that_are_no_numbers_are_dropped(read_text, text):
    table = read_text(f"a.jpg 1,2,31,42,{text}\n", "a.txt", need_image_size=False)
    assert not len(table)
    assert "class is not a whole number" in table.dropped[0].reason


def test_a_class_that_is_nearly_a_number_is_told(read_text):
    table = read_text("a.jpg 1,2,31,42,0x1\n", "a.txt", need_image_size=False)
    assert table.label.tolist() == ["0x1"]
    assert "taken for a name: '0x1'" in table.notes[0].reason
