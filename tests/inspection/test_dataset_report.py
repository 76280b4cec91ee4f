"""The page about a data set, a detector and anchors."""

import base64
import importlib.util
import io
import json
import os
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from skanchors.annotations import Finding, read_annotations, read_dataset
from skanchors.datasets import load_sample_paths
from skanchors.inspection import _dataset_page, dataset_report
from skanchors.inspection._thumbnails import ImageFinder, thumbnail

BAD_CLASS = "<script>alert(1)</script>"
ANCHORS = [[20, 30], [60, 90], [200, 200]]
BAD_PATH = 'a"><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def sample():
    return read_annotations(load_sample_paths())


@pytest.fixture
def images():
    """Pillow's way to make images."""
    pytest.importorskip("matplotlib")
    return pytest.importorskip("PIL.Image")


class Page(HTMLParser):
    """The elements of a page with their attributes; they must close in order."""

    VOID = ("meta", "img", "source", "br")

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, name):
        return [attrs for tag, attrs in self.found if tag == name]

    def text(self):
        return " ".join(" ".join(self.words).split())


def check_self_contained(page):
    """Nothing runs, and nothing is asked of the network."""
    allowed = {"src", "srcset"}
    for tag, attrs in page.found:
        assert tag not in ("script", "link", "iframe", "object", "base", "form", "a")
        assert not [name for name in attrs if name.startswith("on")], tag
        assert "href" not in attrs
        for name in allowed & set(attrs):
            assert attrs[name].startswith("data:image/"), attrs[name][:50]
    style = "".join(re.findall(r"<style>(.*?)</style>", "".join(page.words), re.S))
    assert "url(" not in style
    assert "@import" not in style


def thumbnails(page):
    return [row for row in page.all("img") if row["src"].startswith("data:image/jpeg")]


def write_voc(folder, name, objects, size=(200, 100)):
    boxes = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin>"
        f"<xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object>"
        for label, box in objects
    )
    width, height = size
    path = folder / f"{name}.xml"
    path.write_text(
        f"<annotation><filename>{name}.jpg</filename><size><width>{width}</width>"
        f"<height>{height}</height><depth>3</depth></size>{boxes}</annotation>"
    )
    return path


def test_the_page_of_the_sample(sample, tmp_path):
    pytest.importorskip("matplotlib")
    report = dataset_report(sample, "yolov5", ANCHORS, text="anchors: [<1>]")
    file = tmp_path / "page.html"
    text = report.to_html(file)
    assert file.read_text(encoding="utf-8") == text
    assert len(text.encode()) < 2_000_000
    page = Page(text)
    check_self_contained(page)
    said = page.text()
    assert report.comparison.verdict in said
    assert "anchors: [<1>]" in said
    titles = re.findall(r"<h2>(.*?)</h2>", text)
    assert titles == [
        "The text to paste",
        "Compared with the defaults",
        "What training will do with the anchors",
        "The objects served worst",
        "Boxes and anchors",
        "What was read",
    ]
    pictures = page.all("img")
    # Each is drawn for dark paper too.
    assert [row["class"] for row in pictures] == 3 * ["light", "dark"]
    assert all(row["alt"] for row in pictures)
    for words in ("@media print", "prefers-color-scheme: dark", "overflow-x: auto"):
        assert words in text
    assert 'name="viewport" content="width=device-width' in text
    assert "default-src 'none'" in text
    assert "368" in said


def test_two_pages_of_the_same_are_equal(sample):
    few = sample[:60]
    pages = [dataset_report(few, "ssd300_vgg16").to_html() for _ in range(2)]
    assert pages[0] == pages[1]


@pytest.mark.usefixtures("plain_figures")
def test_the_defaults_have_no_comparison(sample):
    report = dataset_report(sample, "yolov5", n_worst=0)
    assert report.comparison is None
    page = report.to_html()
    assert "Compared with" not in page
    assert "served worst<" not in page
    assert report.to_dict()["verdict"] is None


def test_plain_values(sample):
    report = dataset_report(
        sample, "yolov5", ANCHORS, notes=("A note.",), extras={"T": "u"}
    )
    content = report.to_dict()
    assert json.loads(json.dumps(content)) == content
    assert content["assignment"] == report.assignment.to_dict()
    assert content["report"] == report.anchors.to_dict()
    assert content["data"]["n_boxes"] == 368
    assert content["notes"] == ["A note."]
    assert content["extras"] == {"T": "u"}
    text = str(report)
    assert "A note." in text
    assert report.comparison.verdict.split()[-1] in text
    assert report._repr_html_().count("<table") >= 6


def test_a_part_that_was_held_out(sample):
    held = sample.take_images(np.arange(30))
    report = dataset_report(held, "yolov5", data=sample)
    content = report.to_dict()
    assert content["data"]["n_images"] == 120
    assert content["judged_by"] == {"n_images": 30, "n_boxes": len(held)}
    assert content["assignment"]["n_objects"] == len(held)


def test_the_worst_are_those_without_positives_then_the_least_iou(make_table):
    sizes = [[30, 30], [2, 300], [300, 2], [40, 40], [5, 5], [60, 60]]
    table = make_table(sizes, [0, 1, 1, 1, 2, 3])
    report = dataset_report(table, "yolov5", n_worst=4)
    found = report.assignment.assignment
    rows = report.worst
    keys = [(row["n_positive"] > 0, row["iou"]) for row in rows]
    assert keys == sorted(keys)
    assert len(rows) == 4
    least = np.lexsort((found.best_iou, found.n_positive > 0))[0]
    assert rows[0]["iou"] == found.best_iou[least]
    # One image does not fill the list.
    images = [row["image"] for row in rows]
    assert max(images.count(name) for name in images) <= 2


def test_labels_and_paths_are_escaped(make_table):
    labels = [BAD_CLASS, "b", BAD_CLASS, "b"]
    table = make_table([[30, 30], [3, 90], [90, 3], [50, 60]], range(4), labels)
    table.path[:] = BAD_PATH + "/" + table.path
    table.dropped.append(Finding(BAD_PATH, BAD_CLASS, "it's <b>bad</b>"))
    report = dataset_report(
        table,
        "yolov5",
        ANCHORS,
        text=BAD_CLASS,
        notes=(BAD_CLASS,),
        extras={BAD_CLASS: BAD_CLASS},
    )
    text = report.to_html()
    page = Page(text)
    check_self_contained(page)
    assert "<script" not in text
    assert "<img src=x" not in text
    assert BAD_CLASS in page.text()
    assert BAD_PATH in page.text()
    assert "<img src=x" in page.text()
    assert "it's <b>bad</b>" in page.text()
    check_self_contained(Page(report._repr_html_()))


def test_the_page_has_room_for_more_classes_than_a_terminal(make_table):
    rng = np.random.default_rng(0)
    labels = [f"kind{i % 30:02d}" for i in range(60)]
    table = make_table(rng.uniform(10, 200, (60, 2)), range(60), labels)
    table.path[:] = "long" * 50 + "/" + table.path
    report = dataset_report(table, "yolov5")
    text = Page(report.to_html()).text()
    assert all(text.count(f"kind{i:02d}") >= 2 for i in range(30))
    assert "n_class_rows" not in text
    assert "n_class_rows" in str(report)
    # The end of a long path says most.
    assert f"...{report.worst[0]['path'][-41:]}" in text


def test_names_that_no_encoding_can_write(make_table, tmp_path):
    table = make_table([[30, 30], [3, 90]], range(2))
    table.path[:] = "\udce9" + table.path
    dataset_report(table, "yolov5").to_html(tmp_path / "page.html")
    assert b"folder/" in (tmp_path / "page.html").read_bytes()


@pytest.mark.parametrize(
    ("package", "said"),
    [("PIL", "to see these objects"), ("matplotlib", "to see a picture here")],
)
def test_without_an_extra_a_word_stands_in_its_place(
    package, said, sample, monkeypatch
):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        _dataset_page,
        "find_spec",
        lambda name: None if name == package else real(name),
    )
    page = Page(dataset_report(sample, "yolov5").to_html())
    assert f"Install skanchors[report] {said}" in page.text()
    assert package == "PIL" or not page.all("img")


@pytest.mark.usefixtures("plain_figures")
def test_voc_images_beside_their_annotations(tmp_path, images):
    root = tmp_path / "VOC2007"
    for name in ("Annotations", "JPEGImages"):
        (root / name).mkdir(parents=True)
    for i in range(3):
        box = (10, 10, 40 + i, 90)
        write_voc(root / "Annotations", f"im{i}", [(f"k{i}", box)])
    images.new("RGB", (200, 100), "green").save(root / "JPEGImages" / "im0.jpg")
    images.new("L", (200, 100)).save(root / "JPEGImages" / "im1.png")
    (root / "JPEGImages" / "im2.jpg").write_bytes(b"\xff\xd8\xff no image")
    report = dataset_report(read_dataset(root), "yolov5")
    shown = thumbnails(Page(report.to_html()))
    # A grey one is drawn too, and one that is broken is left out.
    assert sorted(row["alt"] for row in shown) == [
        "An object of class k0, marked on its image",
        "An object of class k1, marked on its image",
    ]


@pytest.mark.usefixtures("plain_figures")
def test_yolo_images_in_the_folder_beside(tmp_path, images):
    for part in ("images/train", "labels/train"):
        (tmp_path / part).mkdir(parents=True)
    for i in range(2):
        file = tmp_path / "images" / "train" / f"im{i}.jpg"
        images.new("RGB", (160, 120)).save(file)
        label = tmp_path / "labels" / "train" / f"im{i}.txt"
        label.write_text("0 0.5 0.5 0.25 0.25\n")
    report = dataset_report(read_dataset(tmp_path), "yolov5")
    assert len(thumbnails(Page(report.to_html()))) == 2


def write_coco(path, names):
    content = {
        "images": [
            {"id": i, "file_name": name, "width": 200, "height": 100}
            for i, name in enumerate(names)
        ],
        "categories": [{"id": 1, "name": "a"}],
        "annotations": [
            {"id": i, "image_id": i, "category_id": 1, "bbox": [20, 20, 50, 60]}
            for i in range(len(names))
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.mark.usefixtures("plain_figures")
def test_coco_images_by_their_names_never_lead_out(tmp_path, images):
    root = tmp_path / "inner" / "data"
    write_coco(
        root / "annotations" / "train.json", ["part/one.jpg", "../../secret.jpg"]
    )
    (root / "images").mkdir()
    images.new("RGB", (200, 100)).save(root / "images" / "one.jpg")
    # Where "images" or "annotations" joined with the name would lead.
    for folder in (root.parent, tmp_path):
        images.new("RGB", (200, 100)).save(folder / "secret.jpg")
    table = read_dataset(root)
    finder = ImageFinder()
    found = [
        finder.find(path, image)
        for path, image in zip(table.path, table.image_id, strict=True)
    ]
    assert found == [str(root / "images" / "one.jpg"), None]
    assert len(thumbnails(Page(dataset_report(table, "yolov5").to_html()))) == 1


def pixels(images, source):
    content = base64.b64decode(source.partition(",")[2])
    return np.asarray(images.open(io.BytesIO(content)).convert("RGB"), dtype=int)


def yellow(images, source):
    """Where the outline is, in shares of the thumbnail: left, top, right, bottom."""
    shown = pixels(images, source)
    rows, columns = np.nonzero(
        (shown[..., 0] > 150) & (shown[..., 1] > 120) & (shown[..., 2] < 140)
    )
    height, width = shown.shape[:2]
    place = columns.min() / width, rows.min() / height
    return np.array([*place, (columns.max() + 1) / width, (rows.max() + 1) / height])


@pytest.mark.parametrize(
    ("box", "frame"),
    [
        ((50, 20, 150, 80), (0, 0)),
        ((50, 20, 150, 80), (200, 100)),
        ((100, 40, 300, 160), (400, 200)),
        ((0.25, 0.2, 0.75, 0.8), (1, 1)),
    ],
)
def test_the_outline_lies_on_the_object(box, frame, tmp_path, images):
    images.new("RGB", (200, 100), (90, 90, 250)).save(tmp_path / "a.png")
    source = thumbnail(str(tmp_path / "a.png"), box, frame)
    np.testing.assert_allclose(
        yellow(images, source), [0.25, 0.2, 0.75, 0.8], atol=0.03
    )


def test_a_small_object_is_shown_from_near(tmp_path, images):
    picture = images.new("RGB", (2000, 1000), (90, 90, 250))
    picture.paste((250, 0, 250), (1800, 900, 1830, 920))
    picture.save(tmp_path / "a.png")
    source = thumbnail(str(tmp_path / "a.png"), (1800, 900, 1830, 920))
    left, _, right, _ = yellow(images, source)
    assert 0.1 < right - left < 0.3
    inside = pixels(images, source)
    purple = (inside[..., 0] > 200) & (inside[..., 1] < 60)
    assert purple.mean() > 0.01


@pytest.mark.parametrize(
    "box", [(500, 20, 600, 80), (np.nan, 0, 1, 1), (-50, -50, -1, -1)]
)
def test_an_object_that_is_not_on_the_image_is_not_drawn(box, tmp_path, images):
    images.new("RGB", (200, 100)).save(tmp_path / "a.png")
    assert thumbnail(str(tmp_path / "a.png"), box) is None


def test_what_is_no_image_of_the_known_kinds_is_not_opened(tmp_path, images):
    images.new("RGB", (200, 100)).save(tmp_path / "a.ppm")
    (tmp_path / "a.ppm").rename(tmp_path / "a.jpg")
    assert thumbnail(str(tmp_path / "a.jpg"), (0, 0, 50, 50)) is None
    assert thumbnail(str(tmp_path / "away.jpg"), (0, 0, 50, 50)) is None
    assert thumbnail(str(tmp_path), (0, 0, 50, 50)) is None
    if hasattr(os, "mkfifo"):
        # Nobody writes into it: opening it as a file would wait without an end.
        os.mkfifo(tmp_path / "b.jpg")
        assert thumbnail(str(tmp_path / "b.jpg"), (0, 0, 50, 50)) is None


def test_what_cannot_be_reported_on(sample):
    with pytest.raises(ValueError, match="no boxes"):
        dataset_report(sample[:0], "yolov5")
    with pytest.raises(TypeError, match="AnnotationTable"):
        dataset_report([[1, 2]], "yolov5")
    with pytest.raises(ValueError, match="n_worst"):
        dataset_report(sample, "yolov5", n_worst=-1)
    with pytest.raises(ValueError, match="yolov5"):
        dataset_report(sample, "yolo5")
