import math

import numpy as np
import pytest
from voc_parts import BOX, OBJECT, SIZE, voc

from skanchors.annotations import read_annotations
from skanchors.annotations.formats import _voc


@pytest.fixture
def read(tmp_path):
    """Read the text of a file, and give the table."""

    def read(content, **parameters):
        path = tmp_path / "a.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        parameters = {"on_invalid": "ignore"} | parameters
        return read_annotations([path], **parameters)

    return read


def boxes(table):
    return list(zip(table.width.tolist(), table.height.tolist(), strict=True))


@pytest.mark.parametrize("n_objects", [0, 1, 2, 5])
def test_any_number_of_objects(read, n_objects):
    table = read(voc(SIZE, OBJECT * n_objects))
    assert boxes(table) == [(30.0, 40.0)] * n_objects
    assert table.n_images == 1
    assert table.dropped == []


@pytest.mark.parametrize(
    "content",
    [
        voc(OBJECT, SIZE),
        voc(SIZE, "<object><bndbox>", BOX, "</bndbox><name>cat</name></object>"),
        voc(
            SIZE,
            "<object><bndbox><ymax>60</ymax><xmax>40</xmax><xmin>10</xmin>"
            "<ymin>20</ymin></bndbox></object>",
        ),
    ],
    ids=["object before size", "bndbox before name", "corners in any order"],
)
def test_children_in_any_order(read, content):
    assert len(read(content)) == 1


@pytest.mark.parametrize("before", [True, False])
def test_the_box_of_a_part_is_not_that_of_the_object(read, before):
    part = f"<part><name>head</name><bndbox>{BOX}</bndbox></part>"
    rest = OBJECT.removeprefix("<object>").removesuffix("</object>")
    inner = part + rest if before else rest + part
    assert boxes(read(voc(SIZE, f"<object>{inner}</object>"))) == [(30.0, 40.0)]
    table = read(voc(SIZE, f"<object><name>cat</name>{part}</object>"))
    assert [finding.reason for finding in table.dropped] == ["no bndbox"]


def test_float_coordinates(read):
    content = voc(SIZE, OBJECT.replace("40", "40.25").replace(">10<", "> 9.5\n<"))
    assert boxes(read(content)) == [(30.75, 40.0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, False),
        ("", False),
        ("0", False),
        ("1", True),
        ("0.0", False),
        ("0.36", True),
        ("true", True),
        ("Unspecified", False),
    ],
)
@pytest.mark.parametrize("flag", ["difficult", "truncated"])
def test_flags(read, flag, text, expected):
    element = "" if text is None else f"<{flag}>{text}</{flag}>"
    table = read(voc(SIZE, OBJECT.replace("<bndbox>", element + "<bndbox>")))
    assert getattr(table, flag).tolist() == [expected]


@pytest.mark.parametrize(
    "size",
    [
        "",
        "<size/>",
        "<size>100</size>",
        "<size><width>0</width><height>0</height></size>",
        "<size><width>100</width></size>",
        "<size><width>nan</width><height>100</height></size>",
        "<size><width>-100</width><height>100</height></size>",
        SIZE + SIZE.replace("100", "300"),
    ],
)
def test_size_of_no_use(read, size):
    table = read(voc(size, OBJECT))
    assert [finding.reason for finding in table.dropped] == [
        "size of the image is missing"
    ]
    assert boxes(read(voc(size, OBJECT), need_image_size=False)) == [(30.0, 40.0)]
    table = read(voc(size, OBJECT), image_sizes={"a": (300, 400)})
    assert table.sizes().tolist() == [[0.1, 0.1]]


@pytest.mark.parametrize("root", ["annotation", "annotation a='1'"])
@pytest.mark.parametrize("text", ["abc", "1O0", "100 px", "100,0", "1_00"])
def test_a_size_that_is_text_is_said_to_be_text(read, text, root):
    content = voc(SIZE.replace("100", text), OBJECT, root=root)
    assert [finding.reason for finding in read(content).dropped] == [
        "size of the image is missing: width or height is text, not a number"
    ]
    table = read(content, image_sizes={"a": (300, 400)})
    assert table.sizes().tolist() == [[0.1, 0.1]]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<xmin>10</xmin>", "", "coordinate is missing: xmin"),
        ("<xmin>10</xmin>", "<xmin/>", "coordinate is missing: xmin"),
        (">20<", ">nan<", "coordinate is not finite"),
        (">40<", ">inf<", "coordinate is not finite"),
        (">40<", f">{'9' * 400}<", "coordinate is not finite"),
        (">40<", ">4O<", "coordinate is not a number: xmax is '4O'"),
        (">40<", ">4_0<", "coordinate is not a number: xmax is '4_0'"),
        (">40<", ">40,5<", "coordinate is not a number: xmax is '40,5'"),
        (">40<", "><a>4</a><", "coordinate is not a number: xmax is"),
        ("<xmax>40", "<xmax>40</xmax><xmax>41", "coordinate is not a number: xmax"),
        (">40<", ">10<", "zero area"),
        (">40<", ">9<", "inverted, a side is negative"),
    ],
)
def test_bad_coordinates(read, old, new, reason):
    assert old in OBJECT
    table = read(voc(SIZE, OBJECT, OBJECT.replace(old, new)))
    assert boxes(table) == [(30.0, 40.0)]
    ((path, number, found),) = table.dropped
    assert path.endswith("a.xml")
    assert number == 2
    assert found.startswith(reason)


@pytest.mark.parametrize(
    "item",
    [
        "<object/>",
        "<object>text</object>",
        "<object><name>cat</name></object>",
        "<object><bndbox/></object>",
    ],
)
def test_objects_without_one_box(read, item):
    table = read(voc(SIZE, item, OBJECT))
    assert [tuple(finding)[1:] for finding in table.dropped] == [(1, "no bndbox")]
    assert boxes(table) == [(30.0, 40.0)]


def test_which_box_is_asked_where_there_are_two(read):
    item = f"<object><bndbox>{BOX}</bndbox><bndbox>{BOX}</bndbox></object>"
    table = read(voc(SIZE, item, OBJECT))
    assert [finding.reason for finding in table.dropped] == ["2 bndbox in one object"]
    assert boxes(table) == [(30.0, 40.0)]


def test_the_upright_box_around_a_turned_one(read):
    turned = "<cx>300</cx><cy>200</cy><w>100</w><h>50</h><angle>{}</angle>"
    item = "<object><type>robndbox</type><name>s</name><robndbox>{}</robndbox></object>"
    size = SIZE.replace("100", "900").replace("200", "800")
    angles = (0, math.pi / 2, 0.5, math.pi - 0.5)
    table = read(voc(size, *(item.format(turned.format(a)) for a in angles)))
    c, s = math.cos(0.5), math.sin(0.5)
    slanted = (100 * c + 50 * s, 100 * s + 50 * c)
    np.testing.assert_allclose(boxes(table), [(100, 50), (50, 100), slanted, slanted])
    np.testing.assert_allclose(table.xmin + table.width / 2, 300)
    np.testing.assert_allclose(table.ymin + table.height / 2, 200)
    broken = item.format("<cx>3</cx>")
    assert read(voc(size, broken)).dropped[0].reason == "robndbox is not five numbers"


@pytest.mark.parametrize("depth", [50, 1500, 5000])
@pytest.mark.parametrize("tag", ["xmin", "difficult", "name", "width"])
def test_nested_elements_are_one_bad_file_only(tmp_path, tag, depth):
    item = OBJECT.replace("<bndbox>", "<difficult>0</difficult><bndbox>")
    text = voc(SIZE, item)
    start, end = text.index(f"<{tag}>") + len(tag) + 2, text.index(f"</{tag}>")
    nested = "<a>" * depth + "</a>" * depth
    paths = [tmp_path / "a.xml", tmp_path / "b.xml"]
    paths[0].write_text(text[:start] + nested + text[end:])
    paths[1].write_text(text)
    table = read_annotations(paths, on_invalid="ignore")
    assert str(paths[1]) in table.path
    if depth > 100:
        (finding,) = table.dropped
        assert finding == (
            str(paths[0]),
            None,
            "elements are nested more than 100 deep",
        )


@pytest.mark.parametrize("first", ["<size/>", "<object/>", "<size />"])
def test_an_empty_size_or_object_is_not_passed_over(first):
    data = voc(first, SIZE, OBJECT).encode()
    assert _voc.read_common_layout(data) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not well-formed XML: no element found"),
        (b"  \n", "not well-formed XML"),
        (b"\0" * 100, "not well-formed XML"),
        (b"not XML at all", "not well-formed XML: syntax error"),
        (voc(SIZE, OBJECT)[:-20], "not well-formed XML"),
        (voc(SIZE, OBJECT) + "<a/>", "not well-formed XML: junk after"),
        ("<annotations/>", "not a VOC file: the root is <annotations>"),
        (voc(SIZE, "<name>\u4e2d\u6587</name>").encode("gbk"), "not well-formed XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "encoding is not supported"),
        (b'<?xml version="1.0" encoding="idna"?><a/>', "encoding is not supported"),
        (
            b'<?xml version="1.0" encoding="gbk"?><a>\xff\xff</a>',
            "text is not in the declared encoding",
        ),
        (voc("&undefined;"), "not well-formed XML: undefined entity"),
        (
            voc(SIZE, "<name>caf\xe9</name>").encode("latin-1"),
            "not well-formed XML, as it is not UTF-8 and declares",
        ),
        (voc("<a:b/>"), "not well-formed XML: unbound prefix"),
        (
            b'<?xml version="1.0" encoding="utf-8"?><annotation><a>caf\xe9</a>'
            b"</annotation>",
            "not well-formed XML, as it is not in UTF-8, which it declares",
        ),
    ],
)
def test_files_of_no_use(read, content, reason):
    table = read(content)
    assert len(table) == 0
    ((_, number, found),) = table.dropped
    assert number is None
    assert found.startswith(reason)


CAT = "\u5927\u6587"


@pytest.mark.parametrize(
    ("encoding", "declare"),
    [
        ("utf-8", False),
        ("utf-8", True),
        ("utf-8-sig", False),
        ("utf-16", True),
        ("utf-16", False),
        ("gbk", True),
        ("gb18030", True),
        ("big5", True),
        ("shift_jis", True),
        ("euc-jp", True),
    ],
)
def test_encodings(read, encoding, declare):
    text = voc(SIZE, OBJECT.replace("cat", CAT))
    if declare:
        text = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'
    table = read(text.encode(encoding))
    assert boxes(table) == [(30.0, 40.0)]
    assert table.label.tolist() == [CAT]


@pytest.mark.parametrize("root", ['annotation xmlns="http://x/y"', "annotation a='b'"])
def test_namespaces_and_attributes(read, root):
    assert boxes(read(voc(SIZE, OBJECT, root=root))) == [(30.0, 40.0)]
    prefixed = voc(SIZE, OBJECT).replace("<", "<v:").replace("<v:/", "</v:")
    prefixed = prefixed.replace("<v:annotation>", '<v:annotation xmlns:v="u">')
    assert boxes(read(prefixed)) == [(30.0, 40.0)]


# Hostile files.

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>',
        "<!DOCTYPE annotation>",
    ],
    ids=["billion laughs", "file", "remote DTD", "parameter entity", "harmless"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(read, doctype, encoding):
    content = (doctype + voc(SIZE, OBJECT)).encode(encoding)
    ((_, number, reason),) = read(content).dropped
    assert (number, reason) == (None, "document type declarations are refused")
    with pytest.raises(ValueError, match=r"a\.xml: document type .* refused"):
        read(content, on_invalid="raise")


def test_deep_nesting_is_refused(read):
    depth = 200_000
    table = read("<a>" * depth + "</a>" * depth)
    assert table.dropped[0].reason == "elements are nested more than 100 deep"
    table = read("<a>" * depth)  # never closed
    assert table.dropped[0].reason == "elements are nested more than 100 deep"


def test_one_huge_element_is_refused_by_its_size(read, monkeypatch):
    content = voc(SIZE, f"<name>{'x' * (_voc.MAX_BYTES + 1)}</name>", OBJECT)
    assert read(content).dropped[0].reason == "file is larger than the limit of 16 MiB"


def test_a_large_element_below_the_limit_is_just_read(read):
    assert len(read(voc(SIZE, f"<path>{'x' * (8 << 20)}</path>", OBJECT))) == 1
