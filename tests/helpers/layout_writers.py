"""Writers of one made-up data set, as the labelling tools lay it out."""

import json
import warnings
from pathlib import Path

import pytest
from writers import NAMES, coco, cvat, labelme, png, put, roboflow_csv, voc, yolo

from skanchors.annotations import AnnotationWarning, read_dataset


def labels_and_images(labels, images, photos, *, suffix=".txt", empty_file=True):
    for photo in photos:
        if photo.labels or empty_file:
            put(Path(labels) / (photo.stem + suffix), yolo(photo))
        if images is not None:
            path = put(Path(images) / photo.name, "")
            path.write_bytes(png(photo))


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
ONLY_OBJECTS = {"roboflow_tables"}


# What the layouts leave out, and what is said of it.
EXTRA = {
    "roboflow_yolo": r"test of .*data\.yaml: \.\./test/images is not there\.",
    "coco_with_key_points": r"left unread 4 COCO JSON",
}


def read(root, *args, layout="", **options):
    """Read without a warning, but for what the layout leaves out."""
    if layout in EXTRA:
        with pytest.warns(AnnotationWarning, match=EXTRA[layout]) as caught:
            table = read_dataset(root, *args, on_invalid="warn", **options)
        assert len(caught) == 1
        return table
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_dataset(root, *args, **options)
