import json
import os
import struct

import pytest

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset
from skanchors.annotations._image_headers import image_size
from skanchors.annotations._image_sizes import (
    GivenSizes,
    NoSizes,
    SizesBeside,
    make_sizes,
)

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + b"\x08"


def bmp(height):
    return b"BM" + b"\0" * 16 + struct.pack("<ii", 640, height)


def jpeg(*segments):
    frame = struct.pack(">BBHBHH", 0xFF, 0xC2, 17, 8, 480, 640)
    return b"\xff\xd8" + b"".join(segments) + frame + b"\0" * 20


def exif(orientation, order="<"):
    mark = {"<": b"II", ">": b"MM"}[order]
    tiff = mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", 2)
    tiff += struct.pack(order + "HHII", 0x010F, 2, 1, 0)
    tiff += struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body


COMMENT = struct.pack(">BBH", 0xFF, 0xFE, 5000) + b"x" * 4998


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (PNG, (640, 480)),
        (bmp(480), (640, 480)),
        (bmp(-480), (640, 480)),
        (jpeg(), (640, 480)),
        (jpeg(COMMENT, exif(1)), (640, 480)),
        (jpeg(exif(3)), (640, 480)),
        (jpeg(exif(6)), (480, 640)),
        (jpeg(exif(8, ">"), COMMENT), (480, 640)),
        (jpeg(struct.pack(">BBH", 0xFF, 0xE1, 14) + b"Exif\0\0II****"), (640, 480)),
        (b"", None),
        (b"GIF89a" + b"\0" * 30, None),
        (PNG[:20], None),
        (PNG.replace(struct.pack(">I", 640), b"\0" * 4), None),
        (jpeg()[:10], None),
        (b"\xff\xd8" + b"\0" * 100, None),
        (b"\xff\xd8" + b"\xff\xe1\0\0" * 50, None),
    ],
)
def test_headers(tmp_path, content, size):
    path = tmp_path / "image"
    path.write_bytes(content)
    assert image_size(path) == size


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_headers_as_pillow_writes_them(tmp_path, kind):
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "image"
    image.new("RGB", (123, 45)).save(path, format=kind)
    assert image_size(path) == (123, 45)


@pytest.mark.parametrize(
    ("label", "picture"),
    [
        ("a.txt", "a.png"),
        ("labels/a.txt", "labels/a.png"),
        ("labels/a.txt", "images/a.png"),
        ("labels/train/a.txt", "images/train/a.png"),
        ("x/labels/labels/a.txt", "x/labels/images/a.PNG"),
    ],
)
def test_images_beside_labels(tmp_path, label, picture):
    (tmp_path / picture).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / picture).write_bytes(PNG)
    sizes = SizesBeside()
    assert sizes.find(str(tmp_path / label)) == (640, 480)
    assert sizes.find(str(tmp_path / "b.txt")) is None
    assert sizes.only([]) is sizes


def test_names_with_and_without_folder_and_ending():
    sizes = GivenSizes({"x/a.jpg": (1, 2), "b": (3, 4), "c.v1.png": (5, 6)})
    for name in ("x/a.jpg", "y/a.txt", "a.xml", "a", "x\\a.jpg"):
        assert sizes.find(name) == (1, 2)
    assert sizes.find("anything/b.txt") == (3, 4)
    assert sizes.find("c.v1.xml") == (5, 6)
    assert sizes.find("c") is None


def test_a_short_name_of_two_images_is_of_no_use():
    sizes = GivenSizes({"x/a.jpg": (1, 2), "y/a.jpg": (3, 4), "z/a.jpg": (1, 2)})
    assert sizes.find("x/a.jpg") == (1, 2)
    assert sizes.find("y/a.txt") == (3, 4)
    assert sizes.find("a.jpg") is None


def test_only_what_is_needed_goes_to_another_process():
    sizes = GivenSizes({f"{i}.jpg": (i + 1, 2) for i in range(100)})
    part = sizes.only(["d/3.txt", "d/500.txt"])
    assert part.find("d/3.txt") == (4, 2)
    assert part.find("d/4.txt") is None
    assert sizes.only(["instances.json"]) is sizes


@pytest.mark.parametrize("prefix", ["", "image_", "img_"])
def test_columns_of_a_table_are_told_by_their_names(tmp_path, prefix):
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    (tmp_path / "sizes.csv").write_text(
        f"name,{prefix}height,{prefix}width\na.jpg,480,640\n"
    )
    table = read_annotations(
        [tmp_path / "a.txt"], "yolo", image_sizes=tmp_path / "sizes.csv"
    )
    assert table.images.size.tolist() == [[640, 480]]


@pytest.mark.parametrize("header", ["file,image_width,image_height\n", ""])
def test_csv(tmp_path, header):
    path = tmp_path / "sizes.csv"
    path.write_text(header + "a.jpg,640,480\nb.jpg, 320, 200,extra\n")
    sizes = make_sizes(path, False)
    assert sizes.find("a") == (640, 480)
    assert sizes.find("b") == (320, 200)
    path.write_text(header + "a.jpg,640\n")
    with pytest.raises(ValueError, match=r"sizes\.csv, line .*name, width, height"):
        make_sizes(path, False)


@pytest.mark.parametrize(
    "sizes", [{"a": 5}, {"a": (1, 2, 3)}, {"a": (0, 5)}, {"a": ("x", 5)}, {"a": None}]
)
def test_bad_sizes(sizes):
    with pytest.raises(ValueError, match=r"image_sizes .*'a'"):
        GivenSizes(sizes)


def test_sources():
    assert type(make_sizes(None, False)) is NoSizes
    assert type(make_sizes(None, True)) is SizesBeside
    assert type(make_sizes({}, True)) is GivenSizes
    with pytest.raises(TypeError, match="image_sizes must be None, a mapping"):
        make_sizes(7, False)


@pytest.mark.parametrize(
    ("picture", "labels", "name"),
    [
        ("a.png", "a.xml", None),
        ("JPEGImages/a.png", "Annotations/a.xml", None),
        ("images/a.png", "annotations/all.json", "a.png"),
        ("images/train/a.png", "annotations/all.json", "train/a.png"),
        ("train/a.png", "annotations/all.json", "train/a.png"),
        ("train/a.png", "train/_annotations.json", "a.png"),
        ("train2017/a.png", "annotations/instances_train2017.json", "a.png"),
        ("images/val/a.png", "annotations/instances_val.json", "a.png"),
        ("data/a.png", "labels.json", "a.png"),
        ("images/a.png", "result.json", "/home/me/set/images/a.png"),
        ("images/a.png", "annotations/all.json", "../images/a.png"),
        ("images/a.png", "xml/a.xml", None),
        ("img/a.png", "txt/a.txt", None),
        ("images/a.png", "labels/a.txt", None),
        ("JPEGImages/a.png", "labels/a.txt", None),
        ("JPEGImages/a.webp", "labels/a.txt", None),
    ],
)
def test_sizes_from_images_near_every_format(tmp_path, picture, labels, name):
    for path in (picture, labels):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / picture).write_bytes(PNG)
    text = {
        "xml": "<annotation><object><name>c</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
        "<xmax>65</xmax><ymax>49</ymax></bndbox></object></annotation>",
        "json": json.dumps(
            {
                "images": [{"id": 1, "file_name": name}],
                "annotations": [
                    {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 64, 48]}
                ],
            }
        ),
        "txt": "0 0.5 0.5 0.1 0.1",
    }[labels.rpartition(".")[2]]
    (tmp_path / labels).write_text(text)
    table = read_annotations([tmp_path / labels], on_invalid="raise")
    assert (table.image_width[0], table.image_height[0]) == (640, 480)
    assert table.sizes()[0] == pytest.approx([0.1, 0.1])


def test_a_folder_is_listed_once(tmp_path, monkeypatch):
    for i in range(30):
        (tmp_path / f"{i}.txt").write_text("0 0.5 0.5 0.1 0.1")
    listed = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scan(path))
    read_annotations(sorted(tmp_path.glob("*.txt")))
    assert listed.count(str(tmp_path)) == 1
    assert len(listed) < 10


def test_a_name_in_a_file_leads_nowhere_else(tmp_path):
    (tmp_path / "secret.png").write_bytes(PNG)
    inner = tmp_path / "x" / "y" / "z"
    inner.mkdir(parents=True)
    near = str(inner / "all.json")
    for name in ("../../../secret.png", str(tmp_path / "secret.png"), "..\\secret.png"):
        assert SizesBeside().find(name, near) is None


def test_a_split_is_not_asked_for_images_of_another(tmp_path):
    for folder in ("train", "val"):
        (tmp_path / folder).mkdir()
    (tmp_path / "val" / "a.png").write_bytes(PNG)
    assert SizesBeside().find("a.png", str(tmp_path / "all_val.json")) == (640, 480)
    assert SizesBeside().find("a.png", str(tmp_path / "all_train.json")) is None


def test_many_images_that_are_nowhere_take_little_time(tmp_path, monkeypatch):
    sizes, near = SizesBeside(), str(tmp_path / "all.json")
    listed = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scan(path))
    for i in range(1500):
        sizes.find(f"/a/b/c/d/{i}/a.png", near)
    n_listed = len(listed)
    for i in range(1500, 2500):
        sizes.find(f"/a/b/c/d/{i}/a.png", near)
    assert len(listed) - n_listed < 5_000


def test_given_sizes_go_before_stated_ones_on_request(tmp_path):
    voc = tmp_path / "a.xml"
    voc.write_text(
        "<annotation><size><width>640</width><height>480</height></size><object>"
        "<name>c</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>65</xmax>"
        "<ymax>49</ymax></bndbox></object></annotation>"
    )
    coco = tmp_path / "a.json"
    image = {"id": 1, "file_name": "a.jpg", "width": 640, "height": 480}
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 64, 48]}
    coco.write_text(json.dumps({"images": [image], "annotations": [box]}))
    for path in (voc, coco):
        for override, width in ((False, 640), (True, 1280)):
            sizes = {"a.jpg": (1280, 480)}
            table = read_annotations([path], image_sizes=sizes, override_sizes=override)
            assert table.image_width.tolist() == [width]
        other = {"b.jpg": (1280, 480)}
        table = read_annotations([path], image_sizes=other, override_sizes=True)
        assert table.image_width.tolist() == [640]
        with pytest.raises(ValueError, match="no image_sizes are given"):
            read_annotations([path], override_sizes=True)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"a,1,2\n" + b"9" * 200_000, "no CSV"),
        (b"a,1,2\n\xff\xfe\n", "not UTF-8 text; save it"),
        (b"a,1,2\n" + b"x" * 1000, r"line 2: expected .{1,130}$"),
    ],
)
def test_files_that_hold_no_sizes(tmp_path, content, match):
    (tmp_path / "sizes.csv").write_bytes(content)
    with pytest.raises(ValueError, match=match):
        GivenSizes(tmp_path / "sizes.csv")


def test_a_file_of_sizes_that_is_too_large(tmp_path):
    with open(tmp_path / "sizes.csv", "wb") as file:
        file.truncate((256 << 20) + 1)  # takes no room on the disk
    with pytest.raises(ValueError, match="larger than 256 MiB"):
        GivenSizes(tmp_path / "sizes.csv")


@pytest.mark.parametrize(
    "text",
    [
        "a.jpg,640,480\n",
        "a.jpg,640.0,480.0\n",
        "a.jpg;640;480\r",
        "a.jpg\t640\t480\n",
        "width,height,name\n640,480,a.jpg\n",
        "Image ID;W;H\na;640;480\n",
        "file_name,id,image_width,image_height\na.jpg,7,640,480\n",
        "what,ever,it is\na,640,480\n\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_of_sizes(tmp_path, text, encoding):
    path = tmp_path / "sizes.csv"
    path.write_bytes(text.encode(encoding))
    assert make_sizes(path, False).find("a") == (640, 480)


@pytest.mark.parametrize(
    "text", ["a.jpg,-640,480\n", "a.jpg,nan,480\n", "a.jpg 640 480\n", "a.jpg,0,1\n"]
)
def test_a_first_row_of_no_use_is_no_header(tmp_path, text):
    path = tmp_path / "sizes.csv"
    path.write_text(text)
    if "nan" in text:  # a word, as in a header
        path.write_text("b.jpg,1,2\n" + text)
    with pytest.raises(ValueError, match=r"name, width, height|sizes are pixels"):
        make_sizes(path, False)


def test_a_table_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "sizes.csv"
    path.write_bytes("é.jpg,640,480\n".encode("latin-1"))
    with pytest.raises(ValueError, match="not UTF-8 text; save it as UTF-8"):
        make_sizes(path, False)


def test_sizes_of_other_images_are_told(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text("0 .5 .5 .1 .1\n")
    match = r"image_sizes have none of the images: 1 \(.*a\.txt\) - such as a"
    with pytest.warns(AnnotationWarning, match=match):
        read_dataset(tmp_path, image_sizes={"c": (5, 5)})
    assert not read_dataset(tmp_path, image_sizes={"b": (5, 5)}).notes
