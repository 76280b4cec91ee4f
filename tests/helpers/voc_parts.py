"""Parts of a VOC file, and the whole."""

OBJECT = (
    "<object><name>cat</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax>"
    "<ymax>60</ymax></bndbox></object>"
)
SIZE = "<size><width>100</width><height>200</height><depth>3</depth></size>"
BOX = "<xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>8</ymax>"


def voc(*parts, root="annotation"):
    return f"<{root}>{''.join(parts)}</{root.split()[0]}>"


def write_voc(path, size, boxes):
    """A file of an image of this size, with boxes xmin, ymin, xmax, ymax."""
    width, height = size
    sides = "<xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax>"
    items = [f"<object><bndbox>{sides.format(*box)}</bndbox></object>" for box in boxes]
    shape = f"<size><width>{width}</width><height>{height}</height></size>"
    path.write_text(voc(shape, *items))


def without_mixed_text(item):
    """Elements as xmltodict gives them without the text beside other elements."""
    if isinstance(item, list):
        return [*map(without_mixed_text, item)]
    if isinstance(item, dict):
        return {k: without_mixed_text(v) for k, v in item.items() if k != "#text"}
    return item
