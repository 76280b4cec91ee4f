"""Tables of boxes as people and programs make them."""

import pytest

HEAD = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
ROW = "{},640,480,{},10,20,40,60\n"


@pytest.fixture
def read(read_text, boxes):
    """Boxes of a text in pixels, and the table."""

    def read(text, **options):
        table = read_text(text, "t.csv", **{"need_image_size": False} | options)
        return boxes(table), table

    return read


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("filename,left,top,width,height,label", "a.jpg,10,20,30,40,cat"),
        ("filename,xmin,ymin,w,h,label", "a.jpg,10,20,30,40,cat"),
        ("img_path;X_Min;Y_Min;Box_W;Box_H;Class", "a.jpg;10;20;30;40;cat"),
        ("image_id,label,bbox", 'a,cat,"[10.0, 20.0, 30.0, 40.0]"'),
        ("image_id,label,bbox", "a,cat,10 20 30 40"),
        ("image_id,label,bbox", "a,cat,[10. 20. 30. 40.]"),
        ("file,x_center,y_center,width,height,name", "a.jpg,25,40,30,40,cat"),
        ("file,cx,cy,w,h,width,height,name", "a.jpg,25,40,30,40,640,480,cat"),
        ("image,xtl,ytl,xbr,ybr,label", "a.jpg,10,20,40,60,cat"),
        ("", "a.jpg,10,20,40,60,cat"),
    ],
)
@pytest.mark.parametrize("start", ["", "\n", "\ufeff", "\ufeff\r\n\r\n"])
def test_columns_of_tools(read, header, row, start):
    found, table = read(f"{start}{header}\n{row}\n" if header else start + row)
    assert found == [(30, 40)]
    assert (table.xmin[0], table.ymin[0]) == (10, 20)
    assert table.label.tolist() == ["cat"]
    assert not table.dropped


@pytest.mark.parametrize(
    ("header", "row", "label"),
    [
        ("filename,xmin,ymin,xmax,ymax,class_id", "a.jpg,10,20,40,60,3", "3"),
        ("category_id;image_id;x1;y1;x2;y2", "3;a;10;20;40;60", "3"),
        ("image_id,class_name,class_id,x1,y1,x2,y2", "a,cat,3,10,20,40,60", "cat"),
        ("image_id,class_id,class_name,x1,y1,x2,y2", "a,3,cat,10,20,40,60", "cat"),
        (
            "Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId;Path",
            "640;480;10;20;40;60;3;Train/3/a.png",
            "3",
        ),
    ],
)
def test_numbers_of_classes(read, header, row, label):
    found, table = read(f"{header}\n{row}\n")
    assert found == [(30, 40)]
    assert table.label.tolist() == [label]
    names = read(f"{header}\n{row}\n", class_names=["a", "b", "c", "d"])[1]
    assert names.label.tolist() == ["cat" if label == "cat" else "d"]


def test_rows_without_a_class_among_others_are_told(read):
    text = HEAD + ROW.format("a.jpg", "cat")
    assert not read(text)[1].notes
    assert not read(HEAD + ROW.format("a.jpg", ""))[1].notes
    (note,) = read(text + ROW.format("a.jpg", ""))[1].notes
    assert note.reason.endswith("the label is empty: 1 of 2 objects")


@pytest.mark.parametrize(
    "header", ["name,left,top,width,height,kind", "a,b,c,d,e,f", "img,u,v,w,h,cat"]
)
def test_a_header_of_six_is_no_row(read_text, header):
    with pytest.raises(ValueError, match="its first line must name the columns"):
        read_text(f"{header}\na,1,2,3,4,b\n", "t.csv", on_invalid="raise")


def test_a_first_row_with_a_fault_is_a_row(read):
    found, table = read("a.jpg,1,x,3,4,cat\nb.jpg,10,20,40,60,cat\n")
    assert found == [(30, 40)]
    assert [finding.object for finding in table.dropped] == [1]


@pytest.mark.parametrize("label", ['"cat', 'cat"', '"c"at', '"cat""'])
def test_a_quotation_mark_that_nobody_closes_loses_no_row(read, label):
    text = HEAD + ROW.format("a.jpg", label)
    text += "".join(ROW.format(f"{i}.jpg", "dog") for i in range(20))
    found, table = read(text)
    assert found == [(30, 40)] * 21
    assert table.label.tolist()[1:] == ["dog"] * 20
    assert "cat" in table.label[0]
    told = ["quotation marks are not closed" in note.reason for note in table.notes]
    assert told == ([True] if label.startswith('"') else [])


def test_other_cells_may_go_over_lines(read):
    text = 'image,x,y,w,h,label,remark\na,10,20,30,40,cat,"one\ntwo, ""three"""\n'
    found, table = read(text + "b,10,20,30,40,cat,\n")
    assert found == [(30, 40)] * 2
    assert not table.notes


def test_a_cell_without_end_costs_one_row(read):
    long = "x" * 200_000
    found, table = read(HEAD + ROW.format(long, "cat") + ROW.format("b.jpg", "cat"))
    assert found == [(30, 40)]
    assert [finding.object for finding in table.dropped] == [2]
    assert "more than 131072 characters" in table.dropped[0].reason


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a;10;20", "the row has only 3 columns"),
        ("a;1,5;2;3;4;cat", "'1,5', decimals have a point"),
        ("a;1_0;2;3;4;cat", "'1_0'"),
        ("a;;2;3;4;cat", "''"),
        ("a;one;2;3;4;cat", "'one'"),
    ],
)
def test_reasons_are_in_words_of_the_table(read, row, why):
    _, table = read(f"image;x;y;w;h;label\n{row}\nb;10;20;30;40;cat\n")
    assert len(table) == 1
    (finding,) = table.dropped
    assert finding.reason == f"coordinate is missing or not a number: {why}"
    assert finding.object == 2


def test_two_sizes_of_one_image_are_none(read_text):
    text = HEAD + ROW.format("a.jpg", "cat")
    other = ROW.format("a.jpg", "cat").replace("480", "481")
    with pytest.raises(ValueError, match="missing: two sizes are given for image a"):
        read_text(text + other, "t.csv", on_invalid="raise")
    text += "a.jpg,,,cat,10,20,40,60\n"
    assert len(read_text(text, "t.csv", on_invalid="raise")) == 2


def test_corners_among_sides_get_a_hint(read):
    head = "image,imgwidth,imgheight,x,y,w,h\n"
    _, table = read(f"{head}a,640,480,400,300,600,470\na,640,480,1,2,30,40\n")
    assert ["two corners" in note.reason for note in table.notes] == [True]
    head = "image,imgwidth,imgheight,xmin,ymin,xmax,ymax\n"
    _, table = read(f"{head}a,640,480,400,300,900,470\n")
    assert not table.notes


def test_a_table_of_via_is_named(read_text):
    text = "filename,file_size,region_shape_attributes\na.jpg,1,{}\n"
    with pytest.raises(ValueError, match="a table of VIA"):
        read_text(text, "t.csv", on_invalid="raise")
