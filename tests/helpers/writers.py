"""One made-up data set, and writers of it in every format."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NAMES = ("cat", "dog", "traffic light")


@dataclass
class Photo:
    name: str
    width: int
    height: int
    labels: list
    boxes: np.ndarray  # xmin, ymin, xmax, ymax in pixels

    @property
    def stem(self):
        return Path(self.name).stem


def draw(n, seed=0):
    """`n` images; the last has no objects."""
    rng = np.random.default_rng(seed)
    photos = []
    for i in range(n):
        size = rng.integers(100, 900, size=2)
        k = 0 if i == n - 1 else rng.integers(1, 5)
        low = rng.uniform(0, 0.6, size=(k, 2)) * size
        high = low + rng.uniform(0.05, 0.4, size=(k, 2)) * size
        labels = [NAMES[j] for j in rng.integers(len(NAMES), size=k)]
        boxes = np.hstack([low, high])
        photos.append(Photo(f"img {i:03d}.jpg", *map(int, size), labels, boxes))
    return photos


def expected(photos):
    """What a table must hold: label, low corner and size of each box in fractions."""
    return sorted(
        (
            label,
            *np.round([*(box[:2] / [photo.width, photo.height]), *_rel(photo, box)], 7),
        )
        for photo in photos
        for label, box in zip(photo.labels, photo.boxes, strict=True)
    )


def _low(photo, box):
    return box[:2] / [photo.width, photo.height]


def _rel(photo, box):
    return (box[2:] - box[:2]) / [photo.width, photo.height]


def found(table):
    """What a table holds, in the same form."""
    corners = table.boxes("stretch")
    boxes = np.hstack([corners[:, :2], corners[:, 2:] - corners[:, :2]])
    rows = zip(table.label, np.round(boxes, 7), strict=True)
    return sorted((label, *box) for label, box in rows)


def put(path, text, encoding="utf-8"):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return path


# --- files of one format


def yolo(photo):
    lines = []
    for label, box in zip(photo.labels, photo.boxes, strict=True):
        (w, h), size = _rel(photo, box), np.array([photo.width, photo.height])
        x, y = (box[:2] + box[2:]) / 2 / size
        numbers = " ".join(repr(float(v)) for v in (x, y, w, h))
        lines.append(f"{NAMES.index(label)} {numbers}\n")
    return "".join(lines)


def voc(photo):
    objects = "".join(
        f"<object><name>{label}</name><bndbox>"
        + "".join(
            f"<{key}>{float(v)!r}</{key}>"
            for key, v in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
        )
        + "</bndbox></object>"
        for label, box in zip(photo.labels, photo.boxes, strict=True)
    )
    return (
        f"<annotation><filename>{photo.name}</filename><size><width>{photo.width}"
        f"</width><height>{photo.height}</height></size>{objects}</annotation>"
    )


def coco(photos, **extra):
    images, annotations = [], []
    for i, photo in enumerate(photos):
        images.append(
            {
                "id": i,
                "file_name": photo.name,
                "width": photo.width,
                "height": photo.height,
            }
        )
        for label, box in zip(photo.labels, photo.boxes, strict=True):
            x, y, u, v = map(float, box)
            annotations.append(
                {
                    "id": len(annotations),
                    "image_id": i,
                    "category_id": NAMES.index(label),
                    "bbox": [x, y, u - x, v - y],
                }
            )
    categories = [{"id": i, "name": name} for i, name in enumerate(NAMES)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    return json.dumps({**extra, **content})


def png(photo):
    """The header of an image of that size."""
    size = photo.width.to_bytes(4, "big") + photo.height.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + b"\x08\x02\0\0\0"


# --- files of the other formats: the text of one file, or of one for each photo


def cvat(photos):
    images = "".join(
        f'<image id="{i}" name="{photo.name}" width="{photo.width}" '
        f'height="{photo.height}">'
        + "".join(
            f'<box label="{label}" source="manual" occluded="0" xtl="{x!r}" '
            f'ytl="{y!r}" xbr="{u!r}" ybr="{v!r}" z_order="0"></box>'
            for label, x, y, u, v in rows(photo)
        )
        + "</image>"
        for i, photo in enumerate(photos)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>'
        f"<meta><task><id>1</id></task></meta>{images}</annotations>"
    )


def rows(photo):
    for label, box in zip(photo.labels, photo.boxes, strict=True):
        yield (label, *map(float, box))


def labelme(photo):
    shapes = [
        {"label": label, "points": [[u, v], [x, y]], "shape_type": "rectangle"}
        for label, x, y, u, v in rows(photo)
    ]
    content = {
        "version": "5.4.1",
        "flags": {},
        "shapes": shapes,
        "imagePath": f"../images/{photo.name}",
        "imageData": None,
        "imageHeight": photo.height,
        "imageWidth": photo.width,
    }
    return json.dumps(content, indent=2)


def kitti(photo):
    return "".join(
        f"{label.replace(' ', '_')} 0.00 0 -1.57 {x!r} {y!r} {u!r} {v!r} "
        "1.5 1.6 3.9 0.4 1.4 69.0 -1.56\n"
        for label, x, y, u, v in rows(photo)
    )


def retinanet_csv(photos):
    lines = []
    for photo in photos:
        lines += [
            f"images/{photo.name},{x!r},{y!r},{u!r},{v!r},{label}"
            for label, x, y, u, v in rows(photo)
        ] or [f"images/{photo.name},,,,,"]
    return "\n".join(lines) + "\n"


def roboflow_csv(photos):
    lines = ["filename,width,height,class,xmin,ymin,xmax,ymax"]
    lines += [
        f"{photo.name},{photo.width},{photo.height},{label},{x!r},{y!r},{u!r},{v!r}"
        for photo in photos
        for label, x, y, u, v in rows(photo)
    ]
    return "\r\n".join(lines)


def openimages(photos):
    lines = [
        "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,"
        "IsTruncated,IsGroupOf,IsDepiction,IsInside"
    ]
    lines += [
        f"{photo.stem},xclick,{label},1,{x / photo.width!r},{u / photo.width!r},"
        f"{y / photo.height!r},{v / photo.height!r},0,0,0,0,0"
        for photo in photos
        for label, x, y, u, v in rows(photo)
    ]
    return "\n".join(lines) + "\n"


def keras_yolo3(photos):
    return "".join(
        " ".join(
            [f"data/{photo.name}"]
            + [
                f"{x!r},{y!r},{u!r},{v!r},{NAMES.index(label)}"
                for label, x, y, u, v in rows(photo)
            ]
        )
        + "\n"
        for photo in photos
    )


# Name of the format, ending, writer, and whether there is a file for each photo.
FORMATS = {
    "voc": ("voc", ".xml", voc, True),
    "coco": ("coco", ".json", coco, False),
    "yolo": ("yolo", ".txt", yolo, True),
    "cvat": ("cvat", ".xml", cvat, False),
    "labelme": ("labelme", ".json", labelme, True),
    "kitti": ("kitti", ".txt", kitti, True),
    "retinanet_csv": ("csv", ".csv", retinanet_csv, False),
    "roboflow_csv": ("csv", ".csv", roboflow_csv, False),
    "openimages": ("openimages", ".csv", openimages, False),
    "keras_yolo3": ("keras-yolo3", ".txt", keras_yolo3, False),
}


def write_format(folder, name, photos, upper=False):
    """Write the photos in a format; return the paths."""
    _, ending, writer, single = FORMATS[name]
    ending = ending.upper() if upper else ending
    if single:
        return [put(Path(folder) / f"{p.stem}{ending}", writer(p)) for p in photos]
    return [put(Path(folder) / f"all{ending}", writer(photos))]


# Those whose files do not name images without objects.
ONLY_OBJECTS = {"roboflow_csv", "openimages"}
