"""Writers of one made-up data set, as the labelling tools lay it out."""

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
    """What a table must hold: the label of each box and its size in fractions."""
    return sorted(
        (label, *np.round(_rel(photo, box), 9))
        for photo in photos
        for label, box in zip(photo.labels, photo.boxes, strict=True)
    )


def _rel(photo, box):
    return (box[2:] - box[:2]) / [photo.width, photo.height]


def found(table):
    """What a table holds, in the same form."""
    rows = zip(table.label, np.round(table.sizes(), 9), strict=True)
    return sorted((label, *size) for label, size in rows)


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


def labels_and_images(labels, images, photos, *, suffix=".txt", empty_file=True):
    for photo in photos:
        if photo.labels or empty_file:
            put(Path(labels) / (photo.stem + suffix), yolo(photo))
        if images is not None:
            path = put(Path(images) / photo.name, "")
            path.write_bytes(png(photo))


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


# --- layouts: each writes the photos below a root


def split_of(i):
    return ("train", "train", "valid")[i % 3]


def by_split(photos):
    splits = {"train": [], "valid": []}
    for i, photo in enumerate(photos):
        splits[split_of(i)].append(photo)
    return splits


def roboflow_yolo(root, photos):
    for split, some in by_split(photos).items():
        labels_and_images(root / split / "labels", root / split / "images", some)
    put(
        root / "data.yaml",
        "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\n"
        f"nc: {len(NAMES)}\nnames: {list(NAMES)}\n\n"
        "roboflow:\n  workspace: mine\n  project: things\n  version: 1\n",
    )
    put(root / "README.dataset.txt", "# things > 1\nhttps://example.org\n\nProvided by")
    put(root / "README.roboflow.txt", "\nthings - v1 1 2 3 4 5 6 exported\n")


def ultralytics(root, photos):
    for split, some in by_split(photos).items():
        name = "train2017" if split == "train" else "val2017"
        labels_and_images(root / "labels" / name, root / "images" / name, some)
    names = "".join(f"  {i}: {name}\n" for i, name in enumerate(NAMES))
    put(
        root / "things.yaml",
        f"path: ../datasets/{root.name}  # root\ntrain: images/train2017\n"
        f"val: images/val2017\ntest:  # optional\n\nnames:\n{names}",
    )


def ultralytics_lists(root, photos):
    lists = {"train": [], "valid": []}
    for split, some in by_split(photos).items():
        labels_and_images(root / "labels" / split, root / "images" / split, some)
        lists[split] = [f"./images/{split}/{photo.name}" for photo in some]
    for split, lines in lists.items():
        put(root / f"{split}.txt", "\n".join(lines), encoding="utf-8-sig")
    names = "".join(f"- {name}\n" for name in NAMES)
    put(root / "data.yaml", f"train: train.txt\nval: valid.txt\nnames:\n{names}")


def ultralytics_elsewhere(root, photos):
    """Absolute paths of another machine, in Windows's spelling."""
    roboflow_yolo(root, photos)
    where = "C:\\\\Users\\\\me\\\\my data\\\\"
    put(
        root / "data.yaml",
        f'train: "{where}train\\\\images"\nval: ["{where}valid\\\\images"]\n'
        f"names: {list(NAMES)}\n",
        encoding="utf-8-sig",
    )


def darknet(root, photos):
    for split, some in by_split(photos).items():
        labels_and_images(root / "data" / "obj", root / "data" / "obj", some)
        lines = "\n".join(f"data/obj/{photo.name}" for photo in some)
        put(root / "data" / f"{split}.txt", lines + "\n")
    put(root / "data" / "obj.names", "\n".join(NAMES) + "\n")
    put(
        root / "data" / "obj.data",
        f"classes = {len(NAMES)}\ntrain  = data/train.txt\nvalid = data/valid.txt\n"
        "names = data/obj.names\nbackup = backup/\n",
    )


def cvat_yolo(root, photos):
    """As CVAT exports it, without images."""
    for photo in photos:
        put(root / "obj_train_data" / f"{photo.stem}.txt", yolo(photo))
    lines = "".join(f"data/obj_train_data/{photo.name}\n" for photo in photos)
    put(root / "train.txt", lines)
    put(root / "obj.names", "".join(f"{name}\n" for name in NAMES))
    put(
        root / "obj.data",
        f"classes = {len(NAMES)}\ntrain = data/train.txt\nnames = data/obj.names\n"
        "backup = backup/\n",
    )


def image_list(root, photos):
    labels_and_images(root / "labels", root / "images", photos, empty_file=False)
    where = "D:\\work\\images\\"
    put(root / "all.txt", "\r\n".join(where + photo.name for photo in photos))
    put(root / "classes.txt", "\n".join(NAMES))


def label_studio_yolo(root, photos):
    labels_and_images(root / "labels", root / "images", photos)
    put(root / "classes.txt", "\n".join(NAMES) + "\n")
    categories = [{"id": i, "name": name} for i, name in enumerate(NAMES)]
    info = {"year": 2024, "version": "1.0", "contributor": "Label Studio"}
    put(root / "notes.json", json.dumps({"categories": categories, "info": info}))


def label_studio_coco(root, photos):
    put(root / "result.json", coco(photos, info={"contributor": "Label Studio"}))
    for photo in photos:
        put(root / "images" / photo.name, "").write_bytes(png(photo))


def roboflow_coco(root, photos):
    for split, some in by_split(photos).items():
        put(root / split / "_annotations.coco.json", coco(some, info={"year": "2024"}))
    put(root / "README.roboflow.txt", "things")


def coco_with_key_points(root, photos):
    for split, some in by_split(photos).items():
        for kind in ("instances", "person_keypoints", "captions"):
            name = f"{kind}_{split.replace('valid', 'val')}2017.json"
            put(root / "annotations" / name, coco(some))


def cvat_coco(root, photos):
    put(root / "annotations" / "instances_default.json", coco(photos, licenses=[]))


def devkit(root, photos):
    kit = root / "VOCdevkit" / "VOC2007"
    for photo in photos:
        put(kit / "Annotations" / f"{photo.stem}.xml", voc(photo))
    sets = by_split(photos)
    every = [photo.stem for photo in photos]
    main = kit / "ImageSets" / "Main"
    put(main / "train.txt", "\n".join(p.stem for p in sets["train"]))
    put(main / "val.txt", "\n".join(p.stem for p in sets["valid"]) + "\n")
    put(main / "trainval.txt", "\n".join(every))
    put(main / "cat_train.txt", "\n".join(f"{stem} -1" for stem in every))


def folders_images_inside(root, photos):
    for split, some in by_split(photos).items():
        labels_and_images(
            root / split / "labels", root / split / "images", some, empty_file=False
        )
    put(root / "classes.txt", "\n".join(NAMES))


def folders_images_outside(root, photos):
    for split, some in by_split(photos).items():
        labels_and_images(
            root / "labels" / split, root / "images" / split, some, suffix=".TXT"
        )
    put(root / "my.names", "\n".join(NAMES))


def jpeg_images(root, photos):
    labels_and_images(root / "labels", root / "JPEGImages", photos, empty_file=False)
    put(root / "labels" / "classes.txt", "\n".join(NAMES))


def voc_beside_images(root, photos):
    for photo in photos:
        put(root / f"{photo.stem}.XML", voc(photo))
        put(root / photo.name, "").write_bytes(png(photo))


def cvat_images(root, photos):
    put(root / "annotations.xml", cvat(photos))
    for photo in photos:
        put(root / "images" / photo.name, "").write_bytes(png(photo))


def labelme_folder(root, photos):
    for photo in photos:
        put(root / f"{photo.stem}.json", labelme(photo))
        put(root / photo.name, "").write_bytes(png(photo))


def roboflow_tables(root, photos):
    for split, some in by_split(photos).items():
        put(root / split / "_annotations.csv", roboflow_csv(some))
    put(root / "README.roboflow.txt", "things")


LAYOUTS = {
    function.__name__: function
    for function in (
        roboflow_yolo,
        ultralytics,
        ultralytics_lists,
        ultralytics_elsewhere,
        darknet,
        cvat_yolo,
        image_list,
        label_studio_yolo,
        label_studio_coco,
        roboflow_coco,
        coco_with_key_points,
        cvat_coco,
        devkit,
        folders_images_inside,
        folders_images_outside,
        jpeg_images,
        voc_beside_images,
        cvat_images,
        labelme_folder,
        roboflow_tables,
    )
}
# Those that tell which image is in which split.
SPLIT = {
    "roboflow_yolo",
    "ultralytics",
    "ultralytics_lists",
    "ultralytics_elsewhere",
    "darknet",
    "roboflow_coco",
    "coco_with_key_points",
    "devkit",
    "folders_images_inside",
    "folders_images_outside",
    "roboflow_tables",
}
# Those whose files do not name images without objects.
ONLY_OBJECTS = {"roboflow_tables", "roboflow_csv", "openimages"}
