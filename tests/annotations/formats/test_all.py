"""What holds for every format: the same boxes, whatever the spelling of the file."""

import warnings

import numpy as np
import pytest
import writers

from skanchors.annotations import iter_sizes, read_annotations, read_dataset
from skanchors.annotations.formats import FORMATS, format_names, of_suffix
from skanchors.annotations.formats._table import BUILT_IN

KINDS = list(writers.FORMATS)


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def sizes_of(photos):
    return {photo.stem: (photo.width, photo.height) for photo in photos}


def renamed(photos, kind):
    """KITTI's names have no spaces."""
    labels = [label.replace(" ", "_") for p in photos for label in p.labels]
    return labels if kind == "kitti" else [label for p in photos for label in p.labels]


def test_every_format_has_a_writer():
    assert {writers.FORMATS[kind][0] for kind in KINDS} == BUILT_IN
    assert set(format_names()) >= BUILT_IN


@pytest.mark.parametrize("format", ["auto", "named"])
@pytest.mark.parametrize("upper", [False, True])
def test_the_same_boxes(kind, format, upper, tmp_path, photos):
    paths = writers.write_format(tmp_path, kind, photos, upper)
    name = writers.FORMATS[kind][0] if format == "named" else "auto"
    table = read_annotations(
        paths,
        name,
        image_sizes=sizes_of(photos),
        class_names=writers.NAMES,
        on_invalid="raise",
    )
    boxes = np.vstack([photo.boxes for photo in photos])
    image = np.vstack([[[p.width, p.height]] * len(p.boxes) for p in photos[:-1]])
    np.testing.assert_allclose(table.width, boxes[:, 2] - boxes[:, 0], atol=1e-6)
    np.testing.assert_allclose(table.height, boxes[:, 3] - boxes[:, 1], atol=1e-6)
    np.testing.assert_array_equal(table.image_width, image[:, 0])
    np.testing.assert_array_equal(table.image_height, image[:, 1])
    if hasattr(table, "xmin"):
        np.testing.assert_allclose(table.xmin, boxes[:, 0], atol=1e-6)
        np.testing.assert_allclose(table.ymin, boxes[:, 1], atol=1e-6)
    assert table.label.tolist() == renamed(photos, kind)
    assert table.n_images == len(photos) - (kind in writers.ONLY_OBJECTS)
    chunks = iter_sizes(
        paths, format=name, image_sizes=sizes_of(photos), class_names=writers.NAMES
    )
    np.testing.assert_allclose(np.concatenate(list(chunks)), table.sizes())


@pytest.mark.parametrize("spelling", ["bom", "crlf"])
def test_spellings_of_the_text(kind, spelling, tmp_path, photos):
    paths = writers.write_format(tmp_path, kind, photos)
    options = {"image_sizes": sizes_of(photos), "class_names": writers.NAMES}
    plain = read_annotations(paths, **options)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if spelling == "bom":
            path.write_text(text, encoding="utf-8-sig")
        else:
            path.write_bytes(text.replace("\r", "").replace("\n", "\r\n").encode())
    again = read_annotations(paths, on_invalid="raise", **options)
    np.testing.assert_array_equal(plain.width, again.width)
    assert plain.label.tolist() == again.label.tolist()


def test_a_folder_of_any_format_is_read_from_its_root(kind, tmp_path, photos):
    writers.write_format(tmp_path / "some where", kind, photos)
    table = read_dataset(
        tmp_path, image_sizes=sizes_of(photos), class_names=writers.NAMES
    )
    assert len(table) == sum(len(photo.labels) for photo in photos)
    assert table.label.tolist() == renamed(photos, kind)


def test_formats_that_share_an_ending_may_be_mixed(tmp_path, photos):
    paths = [
        path
        for kind in KINDS
        for path in writers.write_format(tmp_path / kind, kind, photos)
    ]
    table = read_annotations(
        paths,
        image_sizes=sizes_of(photos),
        class_names=writers.NAMES,
        on_invalid="ignore",  # that all is there many times
    )
    n = sum(len(photo.labels) for photo in photos)
    assert len(table) == n * len(KINDS)
    sizes = table.sizes("stretch").reshape(len(KINDS), n, 2)
    np.testing.assert_allclose(sizes, np.broadcast_to(sizes[0], sizes.shape), atol=1e-9)


def test_processes_give_the_same(tmp_path, photos):
    paths = [
        path
        for kind in KINDS
        for path in writers.write_format(tmp_path / kind, kind, photos)
    ] * 2
    options = {"image_sizes": sizes_of(photos), "class_names": writers.NAMES}
    options["on_invalid"] = "ignore"
    one = read_annotations(paths, **options)
    before = dict(FORMATS)
    try:
        FORMATS.update(
            {name: row._replace(parallel_from=2) for name, row in before.items()}
        )
        two = read_annotations(paths, n_jobs=2, **options)
    finally:
        FORMATS.update(before)
    np.testing.assert_array_equal(one.width, two.width)
    assert one.path.tolist() == two.path.tolist()


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"\xff\xfe\xfa", b"[" * 100_000, b"<a>" * 3000, b"x," * 10_000],
    ids=["empty", "zeros", "not text", "brackets", "elements", "commas"],
)
@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_what_is_no_such_file_is_left_out(name, content, tmp_path):
    suffix = FORMATS[name].suffixes[0]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    for format in (name, "auto"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = read_annotations([path], format, on_invalid="ignore")
        assert len(table) == 0
        assert all(len(finding.reason) < 500 for finding in table.dropped)


def test_one_format_of_each_ending_takes_what_is_left():
    for suffix in (".xml", ".json", ".txt", ".csv"):
        rows = of_suffix(suffix)
        assert [row.default for row in rows] == [False] * (len(rows) - 1) + [True]
        assert all(row.sniff is not None for row in rows)


@pytest.mark.parametrize("kind", ["voc", "cvat", "labelme"])
def test_objects_without_a_name_are_told(kind, tmp_path, photos):
    paths = writers.write_format(tmp_path, kind, photos)
    for path in paths:
        text = path.read_text().replace("cat", "")
        path.write_text(text)
    n = sum(label == "cat" for photo in photos for label in photo.labels)
    assert n > 1
    with pytest.warns(UserWarning, match="no name of a class, so the label is empty"):
        table = read_annotations(paths)
    assert (table.label == "").sum() == n
    files = [p.labels for p in photos] if len(paths) > 1 else [table.label.tolist()]
    files = [[label.replace("cat", "") for label in labels] for labels in files]
    told = [note.reason.split(": ")[1] for note in table.notes]
    assert told == [
        f"{labels.count('')} of {len(labels)} objects"
        for labels in files
        if 0 < labels.count("") < len(labels)
    ]
    for path in paths:  # a set without classes is one
        path.write_text(
            path.read_text().replace("dog", "").replace("traffic light", "")
        )
    assert not read_annotations(paths, on_invalid="raise").notes
