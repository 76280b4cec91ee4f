import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("fuzz_styles", HERE / "fuzz_styles.py")
fuzz_styles = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzz_styles)


def test_seeds_are_read():
    texts = fuzz_styles.seeds()
    assert {fuzz_styles.style_of(text[0]) for text in texts} == set(fuzz_styles.STYLES)
    for text in texts:
        fuzz_styles.check(text)


def test_short_run():
    fuzz_styles.changing.run(
        fuzz_styles.check, fuzz_styles.seeds, fuzz_styles.PIECES, most=1000, seed=0
    )


@pytest.mark.parametrize(
    "text",
    [
        "anchors: [[" + "9" * 400 + ", 1]]",  # too large for a float
        "RPN_ANCHOR_SCALES = (32)",
        "SIZES: [[32], 64]\nASPECT_RATIOS: [1, [2]]",
        "base_sizes=8, strides=[8], ratios=[1], scales=[1]",
        "anchors:\n" + "- " * 5000,
    ],
)
def test_what_the_fuzzer_found(text):
    for style in fuzz_styles.STYLES:
        fuzz_styles.check(fuzz_styles.letter_of(style) + text)


@pytest.mark.parametrize("unit", ["1,", "}", "/*", "}//", "1 ", "[1, "])
def test_time_grows_with_the_text_alone(unit):
    """What is repeated a hundred thousand times is told within the bound of time."""
    (of_c, *_) = (
        text
        for text in fuzz_styles.seeds()
        if fuzz_styles.style_of(text[0]) == "c" and "{" in text
    )
    long = unit * (200_000 // len(unit))
    place = of_c.index("{") + 1
    fuzz_styles.check(fuzz_styles.letter_of("auto") + long + "\nanchors = 10,13")
    fuzz_styles.check(of_c[:place] + long + of_c[place:])
    fuzz_styles.check(of_c[:1] + long + of_c[1:])
