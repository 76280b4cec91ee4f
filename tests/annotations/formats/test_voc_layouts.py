"""The pattern for the common layout of VOC files, against xmltodict."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voc_parts import BOX, OBJECT, SIZE, voc

from skanchors.annotations._files import InvalidFileError
from skanchors.annotations.formats import _voc
from skanchors.annotations.formats._voc import _read_any_layout
from skanchors.annotations.formats._voc_common import read_common_layout


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
        (
            "</bndbox>",
            "</bndbox><polygon><x1>1</x1><y1>2</y1></polygon><deleted>0</deleted>",
        ),
        (
            "<bndbox>",
            "<actions><jumping>0</jumping></actions><bndbox>",
        ),
        ("</bndbox>", "</bndbox><pose>Left</pose><point><x>1</x><y>2</y></point>"),
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


# The pattern for the common layout gives what xmltodict gives, or nothing.


def same(content):
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
    for place in ("<bndbox>", "</bndbox>"):
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
        *("<a>", "</a>", "<a/>", "\x85", "\u732b", "\uffff", "]]>", "\0", "</object >"),
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


def test_a_file_that_ends_after_its_header_is_refused():
    for text in ("<annotation>", "<annotation><folder>a</folder>"):
        assert read_common_layout((text + SIZE).encode()) is None
