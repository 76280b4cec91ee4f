"""The page about a data set, opened from disk in a real browser without network."""

import io
import re

import pytest

from skanchors.annotations import read_annotations, read_dataset
from skanchors.certify import certify_anchors
from skanchors.datasets import load_sample_paths
from skanchors.inspection import dataset_report
from skanchors.model_selection import choose_n_clusters

ANCHORS = [[20, 30], [60, 90], [200, 200]]
NAMES = ["<script>document.title = 1</script>", '"it\'s" & so', "שלום", "猫", "x" * 300]
SCREENS = [(1280, False), (1280, True), (390, False), (390, True)]

pytest.importorskip("matplotlib")
images = pytest.importorskip("PIL.Image")


def write_voc(root, size, *, names=NAMES):
    """One image a class, each with two boxes, in folders with long names."""
    width, height = size
    root = root / ("folder_" * 12) / "VOC2007"
    for folder in ("Annotations", "JPEGImages"):
        (root / folder).mkdir(parents=True)
    for i, name in enumerate(names):
        escaped = name.replace("&", "&amp;").replace("<", "&lt;")
        boxes = "".join(
            f"<object><name>{escaped}</name><bndbox><xmin>0</xmin><ymin>0</ymin>"
            f"<xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
            for right, bottom in (size, (max(width // 3, 1), max(height // 2, 1)))
        )
        (root / "Annotations" / f"im{i}.xml").write_text(
            f"<annotation><filename>im{i}.png</filename><size><width>{width}</width>"
            f"<height>{height}</height><depth>3</depth></size>{boxes}</annotation>",
            encoding="utf-8",
        )
        images.new("RGB", size, "teal").save(root / "JPEGImages" / f"im{i}.png")
    return root


def sample():
    table = read_annotations(load_sample_paths())
    sizes = table.sizes("letterbox", 640)
    return dataset_report(
        table,
        "yolov5",
        ANCHORS,
        text="anchors: [1]",
        choice=choose_n_clusters(sizes, range(1, 5), random_state=0),
        certificate=certify_anchors(sizes, ANCHORS, max_time=1, random_state=0),
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Files of pages by what is in them."""
    folder = tmp_path_factory.mktemp("pages")
    reports = {
        "sample": sample(),
        "names": dataset_report(
            read_dataset(write_voc(folder / "a", (320, 200))),
            "yolov5",
            ANCHORS,
            # Of a form, with what that costs.
            certificate=certify_anchors(ANCHORS, "fasterrcnn_resnet50_fpn", max_time=0),
        ),
        "pixel": dataset_report(
            read_dataset(write_voc(folder / "b", (1, 1), names=["dot"])), "yolov5"
        ),
    }
    for name, report in reports.items():
        report.to_html(folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in reports}


@pytest.mark.parametrize("name", ["sample", "names", "pixel"])
@pytest.mark.parametrize(("width", "dark"), SCREENS)
def test_nothing_is_cut_empty_or_faint(name, width, dark, pages, browser, problems):
    address = pages[name].as_uri()
    browser.call(
        "Network.emulateNetworkConditions",
        offline=True,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )
    browser.show(address, width=width, dark=dark)
    assert problems(browser) == {}
    assert browser.complaints() == []
    asked = [url for url in browser.requests() if not url.startswith("data:")]
    assert asked == [address]
    assert browser.ask("document.title").startswith("Anchors for")


def test_names_are_shown_as_they_are(pages, browser):
    browser.show(pages["names"].as_uri())
    text = browser.ask("document.body.innerText")
    for name in NAMES:
        assert name[:20] in text
    assert browser.ask("document.scripts.length") == 0
    # Each image is there twice: of one image two objects are shown.
    shown = browser.ask("document.querySelectorAll('.thumbnails img').length")
    assert shown == 8


def test_pictures_have_names_for_those_who_do_not_see_them(pages, browser):
    browser.show(pages["sample"].as_uri())
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    by_role = {}
    for node in nodes:
        name = node.get("name", {}).get("value", "")
        by_role.setdefault(node.get("role", {}).get("value"), []).append(name)
    assert len(by_role["image"]) == 5
    assert all(map(str.strip, by_role["image"]))
    assert all(map(str.strip, by_role["table"]))
    assert by_role["heading"][0] == "Anchors for yolov5"
    for title in ("How many anchors", "How good any anchors could be"):
        assert title in by_role["heading"]


def test_the_dark_page_has_dark_pictures(pages, browser):
    light = {}
    for dark in (False, True):
        browser.show(pages["sample"].as_uri(), width=600, dark=dark)
        shot = images.open(io.BytesIO(browser.picture())).convert("L").resize((1, 1))
        light[dark] = shot.getpixel((0, 0))
    assert light[True] < 60 < 200 < light[False]


def test_the_page_can_be_printed(pages, browser):
    browser.show(pages["sample"].as_uri(), dark=True)
    content = browser.printed()
    assert content.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 12
    browser.show(pages["sample"].as_uri(), dark=True, media="print")
    # Paper is white, and so are the pictures on it.
    style = "getComputedStyle(document.body).backgroundColor"
    assert browser.ask(style) == "rgb(255, 255, 255)"
    shown = "[...document.images].filter((image) => image.offsetWidth)"
    kinds = browser.ask(f"{shown}.map((image) => image.className)")
    assert set(kinds) == {"light"}


def test_the_probe_notices(tmp_path, browser, problems):
    page = tmp_path / "bad.html"
    page.write_text(
        "<p style='width:3000px'>wide</p><p style='color:#ccc'>faint</p>"
        "<img src='away.png'><table><tr><td>1</td></tr></table>"
        "<p id='a' style='width:3em;overflow:hidden;white-space:nowrap'>cut off</p>"
        "<pre id='a' style='width:3em;overflow:auto'>to be scrolled</pre>"
    )
    browser.show(page.as_uri())
    assert set(problems(browser)) == {
        "wider than the screen",
        "faint text",
        "empty picture",
        "no alternative text",
        "table without headers",
        "cut text",
        "scrolled by the mouse only",
        "no language",
        "no title",
        "id twice",
    }
