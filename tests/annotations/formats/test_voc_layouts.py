"""The readers of VOC files that are quick, against xmltodict."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voc_parts import BOX, OBJECT, SIZE, voc, without_mixed_text

from skanchors.annotations import read_annotations
from skanchors.annotations._files import InvalidFileError
from skanchors.annotations.formats import _voc
from skanchors.annotations.formats._voc import _read_any_layout
from skanchors.annotations.formats._voc_common import read_common_layout
from skanchors.annotations.formats._voc_elements import read_elements
from skanchors.annotations.formats._xml import decoded, without_utf16


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<annotation>", "\n \t<annotation>"),
        ("<annotation>", "\ufeff<annotation>"),
        ("<annotation>", "<annotation><folder />"),
        ("<annotation>", "<annotation><folder/><source><image /></source>"),
        ("<bndbox>", "<pose/><bndbox>"),
        # As Python's ElementTree, CVAT and Roboflow write them.
        ("<annotation>", "<?xml version='1.0' encoding='utf-8'?>\n<annotation>"),
        (
            "<annotation>",
            '<?xml version="1.0" encoding="UTF-8" standalone="no"?><annotation>',
        ),
        ("<bndbox>", "<difficult>0</difficult><occluded>0</occluded><bndbox>"),
        (
            "</bndbox>",
            "</bndbox><attributes><attribute><name>rotation</name><value>0.0</value>"
            "</attribute></attributes>",
        ),
        ("<bndbox>", "<id>7</id><confidence>0.5</confidence><bndbox>"),
        ("<name>", "<id>7</id><a><b>0.5</b></a><name>"),
        (
            "</bndbox>",
            "</bndbox><polygon><x1>1</x1><y1>2</y1></polygon><deleted>0</deleted>",
        ),
        (
            "<bndbox>",
            "<actions><jumping>0</jumping></actions><bndbox>",
        ),
        ("</bndbox>", "</bndbox><pose>Left</pose><point><x>1</x><y>2</y></point>"),
        (
            "</bndbox>",
            f"</bndbox><part><name>head</name><bndbox>{BOX}</bndbox></part>",
        ),
        ("<depth>3</depth>", "<depth/>"),
        (
            "<ymin>20</ymin><xmax>40</xmax>",
            "<xmax>40</xmax><ymin>20</ymin>",
        ),
    ],
)
def test_small_differences_do_not_cost_the_fast_reader(old, new):
    data = voc(SIZE, OBJECT).replace(old, new).encode()
    plain = _voc.read_common_layout(voc(SIZE, OBJECT).encode())
    assert plain is not None
    assert (common := _voc.read_common_layout(data)) is not None
    assert common[0] == plain[0]
    assert common[1][0][3:] == plain[1][0][3:]
    (width, height), (item,) = _voc._read_any_layout(data)
    assert [float(width), float(height)] == list(map(float, plain[0]))
    assert list(map(float, item[3:])) == list(map(float, plain[1][0][3:]))


@pytest.mark.parametrize(
    "text",
    [
        "<annotation><size><width>" + " " * 100_000,
        "<annotation>" + "<a></a>" * 30_000,
        "<annotation>" + "<a><b></b></a>" * 15_000,
        voc(SIZE, "<object>" * 20_000),
        voc(SIZE, "<object><name>" + "x" * 100_000),
        voc(SIZE, OBJECT * 2_000, "<object>"),
    ],
)
def test_the_pattern_gives_up_in_linear_time(text):
    # With backtracking any of these would take minutes.
    assert read_common_layout(text.encode()) is None


# Each of the quick readers gives what xmltodict gives, or nothing.


def same(content):
    """Whether the pattern takes it; the elements are the same whoever reads them."""
    data, encoding = without_utf16(content)
    elements = read_elements(data, encoding)
    try:
        expected = _voc._parse(data, encoding)
    except InvalidFileError:
        expected = None
    if elements is not None or decoded(data) is None:
        assert elements == without_mixed_text(expected)
    fast = read_common_layout(content)
    if fast is None:
        return False
    (width, height), objects = fast
    slow_size, slow_objects = _read_any_layout(content)
    assert [width, height] == [text or "" for text in slow_size]
    assert [list(item) for item in objects] == [
        [text or "" for text in item] for item in slow_objects
    ]
    return True


@pytest.mark.parametrize(
    "other",
    [
        "<name>dog</name>",
        "<truncated>1</truncated>",
        "<difficult>1</difficult>",
        "<bndbox><xmin>1</xmin></bndbox>",
        "<robndbox><cx>1</cx></robndbox>",
        "<object><name>dog</name></object>",
        "<a><object>1</object></a>",
        "<a><b><c>1</c></b></a>",
        "<a>1</b>",
        "<a><b>1</c></a>",
        "<id>1</id>",
        "<id>1</id><id>2</id>",
        "<x.y>1</x.y>",
    ],
)
def test_other_elements_of_an_object(other):
    """Each is read alike, or left to the slow reader."""
    for place in ("<name>", "<bndbox>", "</bndbox>"):
        for start in (place + other, other + place):
            content = voc(SIZE, OBJECT).replace(place, start).encode()
            try:
                _read_any_layout(content)
            except InvalidFileError:
                assert read_common_layout(content) is None
            else:
                same(content)


def test_quotes_that_differ_are_no_declaration():
    text = "<?xml version='1.0\"?>" + voc(SIZE, OBJECT)
    assert read_common_layout(text.encode()) is None


def test_layouts_agree_on_common_files():
    full = voc(
        "<folder>f</folder><source><database>d</database></source>",
        SIZE,
        "<segmented>0</segmented>",
        OBJECT.replace(
            "<bndbox>",
            "<pose>Left</pose><truncated>1</truncated><difficult>0</difficult><bndbox>",
        ),
        OBJECT.replace("</object>", "<difficult>1</difficult></object>"),
    )
    assert same(full.replace(OBJECT, BY_AXIS).encode())
    assert same(voc(SIZE, BY_AXIS, BY_AXIS).encode())
    assert not same(voc(SIZE, OBJECT, BY_AXIS).encode())
    for text in (full, full.replace("><", ">\r\n\t<"), full.replace(">10<", ">-1.5<")):
        assert same(text.encode())
        assert same(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())
    assert not same(voc(SIZE, f"<!-- {OBJECT} -->", OBJECT).encode())
    assert not same(voc(SIZE, f"<a><![CDATA[{OBJECT}]]></a>").encode())


BY_AXIS = OBJECT.replace(
    "<ymin>20</ymin><xmax>40</xmax>", "<xmax>40</xmax><ymin>20</ymin>"
)
PIECES = st.sampled_from(
    [
        *("<annotation>", "</annotation>", SIZE, OBJECT, "<object>", "</object>"),
        *("<name>", "</name>", "<pose>a</pose>", "<truncated>1</truncated>", BOX),
        *("<difficult>1</difficult>", "<bndbox>", "</bndbox>", "<size>", "</size>"),
        *("<xmin>1</xmin>", " ", "\n", "x", "&amp;", "<!--", "-->", "<![CDATA[", "]]>"),
        *("<?xml version='1.0'?>", "<occluded>0</occluded>", "<attributes>"),
        *("</attributes>", "<attribute><name>a</name><value/></attribute>", BY_AXIS),
        *("<a x='1'>", '<object id="1">', "<a x='1' x='2'/>", "&lt;", "&#233;"),
        *("<?p?>", "<b:a xmlns:b='u'>", "<object xmlns='u'>", "</b:a>", "b:"),
        *("<a>", "</a>", "<a/>", "\x85", "\u732b", "\uffff", "]]>", "\0", "</object >"),
        "<!DOCTYPE a>",
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=12), st.integers(0, 400), st.integers(0, 400))
def test_layouts_agree_on_spliced_files(pieces, start, stop):
    base = voc(
        "<a><b>1</b></a>",
        SIZE,
        OBJECT.replace("<bndbox>", "<truncated>1</truncated><bndbox>"),
        OBJECT,
    )
    same((base[:start] + "".join(pieces) + base[stop:]).encode())
    same((base[:start] + "".join(pieces) + base[start:]).encode())


@pytest.mark.parametrize("name", ["voc2007_trainval", "bccd", "raccoon", "dirty"])
def test_layouts_agree_on_real_files(shared_data, name):
    n_fast = 0
    paths = sorted(shared_data(name).rglob("*.xml"))[:400]
    for path in paths:
        try:
            n_fast += same(path.read_bytes())
        except InvalidFileError:
            pytest.fail(f"{path}: the pattern took what xmltodict refuses")
    assert n_fast >= (0.9 if name != "dirty" else 0.3) * len(paths)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<annotation>", '<annotation verified="yes" kind="a">'),
        ("<annotation>", '<annotation xmlns="http://x/y" xmlns:b="z"><b:a b:c="1"/>'),
        ("<annotation>", '<?xml version="1.0" encoding="latin-1"?><annotation>'),
        ("<annotation>", '<?xml version="1.0"?><?xml-stylesheet a?><annotation>'),
        ("<object>", '<object id="1"><!-- cat -->'),
        (">cat<", "><![CDATA[ <c> ]]>at<"),
        (">cat<", "> c&amp;a&#233;<!-- - -->t\n<"),
        (">10<", ">1<!-- -->0<"),
        (">10<", ">+1e1<"),
        ("</annotation>", "</annotation>\n<!-- end -->"),
        ("<bndbox>", "<a><b><c><d>1</d></c></b></a><bndbox>"),
        ("</name>", "</name><bndbox/>"),
        ("<object>", "<object>text"),
        ("<width>", "<width>1</width><width>"),
        ("<name>", "<object/><name>"),
        ("<object>", "</annotation><object>"),
        ("<object>", "<!DOCTYPE a><object>"),
        ("<object>", "<object>" + "<a>" * 200 + "</a>" * 200),
    ],
)
def test_elements_are_those_of_xmltodict(old, new):
    text = voc(SIZE, OBJECT)
    assert old in text
    for content in (text.replace(old, new), text.replace(old, new, 1)):
        same(content.encode())
        same(content.encode("utf-16"))


@pytest.mark.parametrize("elements", [None, "xmltodict"])
def test_what_is_left_to_xmltodict_is_read_alike(tmp_path, monkeypatch, elements):
    """Its result counts where the builder gives none."""
    if elements:
        monkeypatch.setattr(_voc, "read_elements", lambda *args: None)
    path = tmp_path / "a.xml"
    path.write_text(voc(SIZE, OBJECT, OBJECT, root="annotation a='1'"))
    table = read_annotations([path])
    assert table.boxes("pixels").tolist() == [[10, 20, 40, 60]] * 2
    assert table.label.tolist() == ["cat"] * 2


def test_a_file_that_ends_after_its_header_is_refused():
    for text in ("<annotation>", "<annotation><folder>a</folder>"):
        assert read_common_layout((text + SIZE).encode()) is None
