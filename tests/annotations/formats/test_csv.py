import pytest

SIZES = {"a": (100, 200), "b": (100, 200)}


@pytest.mark.parametrize(
    "text",
    [
        "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,100,200,x,1,2,11,22\n",
        "image_path;x1;y1;x2;y2;label\nimgs/a.jpg;1;2;11;22;x\n",
        "Image Name\tX_min\tY_min\tX_max\tY_max\tClass Name\na.jpg\t1\t2\t11\t22\tx\n",
        "label,x,y,w,h,image_id\nx,1,2,10,20,a\n",
        "image,x,y,width,height,class\na.png,1,2,10,20,x\n",
        "label_name,bbox_x,bbox_y,bbox_width,bbox_height,image_name,image_width,"
        "image_height\nx,1,2,10,20,a.jpg,100,200\n",
        'image_id,width,height,bbox,label\na,100,200,"[1.0, 2.0, 10.0, 20.0]",x\n',
        "path/a.jpg,1,2,11,22,x\n",
        '"path/a.jpg","1","2","11","22","x"\r\n',
    ],
)
def test_names_of_columns(read_text, boxes, text):
    table = read_text(text, "t.csv", image_sizes=SIZES, on_invalid="raise")
    assert boxes(table) == [(10, 20)]
    assert table.label.tolist() == ["x"]
    assert table.sizes().tolist() == [[0.1, 0.1]]


def test_rows_of_an_image_need_not_be_together(read_text):
    lines = ["a.jpg,1,2,11,22,x", "b.jpg,,,,,", "a.jpg,1,2,5,6,y", "c.jpg,0,0,4,4,z"]
    table = read_text("\n".join(lines), "t.csv", image_sizes=SIZES | {"c": (8, 8)})
    assert table.image_id.tolist() == ["a", "a", "c"]
    assert table.label.tolist() == ["x", "y", "z"]
    assert (table.n_images, table.n_objects) == (3, 3)


def test_rows_of_no_use(read_text):
    text = (
        "filename,class,xmin,ymin,xmax,ymax\na.jpg,x,1,2,11,22\na.jpg,x,1,2\n"
        "a.jpg,x,1,2,1_1,22\na.jpg,x,one,2,11,22\n\na.jpg,x,1,2,1,22\n"
    )
    table = read_text(text, "t.csv", image_sizes=SIZES)
    assert len(table) == 1
    reasons = {f.object: f.reason for f in table.dropped}
    assert set(reasons) == {3, 4, 5, 7}
    assert all("coordinate is missing" in reasons[i] for i in (3, 4, 5))
    assert reasons[7] == "zero area"


def test_groups_of_open_images_are_crowds(read_text, boxes):
    text = (
        "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsGroupOf\n"
        "a,xclick,/m/1,1,0.1,0.2,0.1,0.3,0\na,xclick,/m/1,1,0.1,0.5,0.1,0.3,1\n"
    )
    table = read_text(text, "t.csv", image_sizes=SIZES, on_invalid="raise")
    assert boxes(table) == [(pytest.approx(10), pytest.approx(40))]
    assert table.n_crowd == 1
    fractions = read_text(text, "t.csv", on_invalid="raise")
    assert fractions.relative.tolist() == [True]
    assert fractions.sizes().tolist() == [pytest.approx([0.1, 0.2])]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("ImageID,XMin,XMax,YMin,YMax,LabelName", "a,.1,.4,.2,.6,/m/1"),
        ("LabelName,XMin,YMin,XMax,YMax,ImageID", "/m/1,.1,.2,.4,.6,a"),
        (",ImageID,XMin,XMax,YMin,YMax,LabelName", "0,a,.1,.4,.2,.6,/m/1"),
        ('"ImageID","XMin","XMax","YMin","YMax","LabelName"', "a,.1,.4,.2,.6,/m/1"),
    ],
)
def test_open_images_in_any_order_of_columns(read_text, header, row):
    table = read_text(f"{header}\n{row}\n", "t.csv", on_invalid="raise")
    assert table.relative.tolist() == [True]
    assert table.boxes().tolist() == [pytest.approx([0.1, 0.2, 0.4, 0.6])]
    assert table.label.tolist() == ["/m/1"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("image,x,y,w,h,label", "a,.1,.2,.3,.4,x"),
        ("image,cx,cy,w,h,label", "a,.25,.4,.3,.4,x"),
        ("image,label,bbox", 'a,x,".1,.2,.3,.4"'),
        ("image,label,x1,y1,x2,y2", "a,x,.1,.2,.4,.6"),
    ],
)
def test_fractions_in_any_columns_if_asked_for(read_text, header, row):
    text = f"{header}\n{row}\n"
    table = read_text(text, "t.csv", format="openimages", on_invalid="raise")
    assert table.boxes().tolist() == [pytest.approx([0.1, 0.2, 0.4, 0.6])]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xff\xfe\xff", "not UTF-8"),
        ("filename,xmin,ymin,xmax,ymax\n" + '"' + "x" * 200_000, "a cell has more"),
        ('"' + "x" * 200_000, "a CSV file without columns of boxes"),
        ("name,width,height\na.jpg,1,2\n", "without columns of boxes.* are name, wid"),
        ("a.jpg,1,2,3,4\n", "without columns of boxes"),
        ("a.jpg,x,y,z,4,cat\n", "missing or not a number"),
    ],
)
def test_files_of_no_use(read_text, text, reason):
    with pytest.raises(ValueError, match=reason):
        read_text(text, "t.csv", on_invalid="raise")
