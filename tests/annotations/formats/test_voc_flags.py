"""The flags of objects in PASCAL VOC, wherever they stand."""

import pytest

from skanchors.annotations import read_annotations

BOX = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>50</xmax><ymax>40</ymax></bndbox>"
TRUNCATED, DIFFICULT = "<truncated>1</truncated>", "<difficult>1</difficult>"
NOT = {
    TRUNCATED: "<truncated>0</truncated>",
    DIFFICULT: "<difficult>0</difficult>",
}


@pytest.mark.parametrize("set_flag", [TRUNCATED, DIFFICULT])
@pytest.mark.parametrize("at_end", [False, True], ids=["before the box", "after it"])
# An attribute takes the file to the other parser.
@pytest.mark.parametrize("root", ["<annotation>", '<annotation kind="a">'])
def test_each_flag_is_itself(tmp_path, set_flag, at_end, root):
    truncated, difficult = (
        flag if flag == set_flag else NOT[flag] for flag in (TRUNCATED, DIFFICULT)
    )
    parts = [truncated, BOX, difficult] if at_end else [truncated, difficult, BOX]
    path = tmp_path / "a.xml"
    path.write_text(
        f"{root}<filename>a.jpg</filename><size><width>100</width>"
        "<height>80</height><depth>3</depth></size><object><name>cat</name>"
        f"{''.join(parts)}</object></annotation>"
    )
    table = read_annotations([path])
    assert table.truncated.tolist() == [set_flag == TRUNCATED]
    assert table.difficult.tolist() == [set_flag == DIFFICULT]
