import pickle

import numpy as np
import pytest
import sklearn.utils.estimator_checks as checks
from joblib import Memory
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skanchors.annotations import (
    AnnotationWarning,
    COCOBoxExtractor,
    VOCBoxExtractor,
    YOLOBoxExtractor,
    read_annotations,
    stamp_paths,
)
from skanchors.datasets import load_sample_paths, make_voc_annotations

PATHS = load_sample_paths()
EXTRACTORS = [VOCBoxExtractor, COCOBoxExtractor, YOLOBoxExtractor]
# check_estimator runs only the first on what takes no two-dimensional arrays; these do
# not hand over data, or take any that is refused.
OBJECT_CHECKS = [
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_mixin_order",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_param_validation",
    "check_estimators_unfitted",
    "check_transformer_get_feature_names_out",
    "check_set_output_transform",
]


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_check_estimator(extractor):
    with pytest.warns(SkipTestWarning, match="Can't test estimator"):
        checks.check_estimator(extractor())


@pytest.mark.parametrize("check", OBJECT_CHECKS)
@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_object_checks(extractor, check):
    getattr(checks, check)(extractor.__name__, extractor())


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_tags_and_statelessness(extractor):
    tags = get_tags(extractor())
    assert not tags.requires_fit
    assert not tags.input_tags.two_d_array
    assert tags.input_tags.one_d_array
    assert tags.input_tags.string
    check_is_fitted(extractor())
    assert extractor().get_feature_names_out().tolist() == ["width", "height"]
    with pytest.raises(TypeError):
        extractor("stretch")  # all parameters by name


def test_transform_needs_no_fit_and_leaves_nothing():
    extractor = VOCBoxExtractor()
    X = extractor.transform(PATHS)
    assert X.shape == (368, 2)
    assert X.dtype == np.float64
    state = dict(vars(extractor))
    assert extractor.fit(PATHS) is extractor
    np.testing.assert_array_equal(extractor.fit_transform(PATHS), X)
    assert vars(extractor) == state


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"scaling": "squeeze"}, "'scaling' parameter"),
        ({"input_size": 0}, "'input_size' parameter|input_size must be"),
        ({"input_size": (640, 384, 3)}, "input_size must be"),
        ({"scaling": "pixels", "input_size": 416}, "input_size has no meaning"),
        ({"difficult": 2}, "'difficult' parameter"),
        ({"min_size": -1}, "'min_size' parameter"),
        ({"on_invalid": "drop"}, "'on_invalid' parameter"),
        ({"n_jobs": 1.5}, "'n_jobs' parameter"),
    ],
)
def test_parameters_are_validated_in_transform_too(parameters, match):
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match=match):
            getattr(VOCBoxExtractor(**parameters), method)(PATHS)


@pytest.mark.parametrize("method", ["fit", "transform"])
def test_what_is_not_a_list_of_paths(method):
    call = getattr(VOCBoxExtractor(), method)
    with pytest.raises(TypeError, match=r"one path.*\[path\]"):
        call(PATHS[0])
    with pytest.raises(TypeError, match=r"iterator.*list\(\.\.\.\)"):
        call(path for path in PATHS)
    with pytest.raises(ValueError, match="no paths"):
        call([])
    with pytest.raises(TypeError, match=r"classes .*\['dog'\]|classes"):
        getattr(VOCBoxExtractor(classes=3), method)(PATHS)


def test_filters():
    table = read_annotations(PATHS)
    sizes = table.sizes("letterbox", 416)
    keep = (table.label == "dog") | (table.label == "bus")
    keep &= ~table.difficult & (sizes.min(axis=1) >= 40)
    X = VOCBoxExtractor(
        scaling="letterbox",
        input_size=416,
        classes=("bus", "dog"),
        difficult=False,
        min_size=40,
    ).transform(PATHS)
    assert 0 < len(X) < 150
    np.testing.assert_array_equal(X, sizes[keep])


@pytest.mark.parametrize(("scaling", "input_size"), [("pixels", None), ("stretch", 90)])
def test_a_box_of_just_the_least_size_stays(scaling, input_size):
    sizes = read_annotations(PATHS).sizes(scaling, input_size)
    smallest = sizes.min(axis=1)
    least = np.sort(smallest)[10]
    X = VOCBoxExtractor(
        scaling=scaling, input_size=input_size, min_size=least
    ).transform(PATHS)
    np.testing.assert_array_equal(X, sizes[smallest >= least])
    assert X.min() == least


def test_nothing_left_is_an_error_that_says_why(tmp_path):
    (tmp_path / "bad.xml").write_text("")
    with pytest.raises(ValueError, match=r"No box is left .*not well-formed XML: 1"):
        VOCBoxExtractor().transform([tmp_path / "bad.xml"])
    with pytest.raises(ValueError, match=r"0 objects in 1 file"):
        VOCBoxExtractor().transform([PATHS[i] for i in (_without_objects(),)])
    with pytest.raises(ValueError, match="do not pass classes, difficult or min_size"):
        VOCBoxExtractor(classes=["unicorn"]).transform(PATHS)


def _without_objects():
    table = read_annotations(PATHS)
    return next(i for i, path in enumerate(PATHS) if path not in set(table.path))


def test_dirt_is_reported_once(tmp_path):
    (tmp_path / "bad.xml").write_text("")
    paths = [*PATHS, str(tmp_path / "bad.xml")]
    with pytest.warns(AnnotationWarning, match=r"1 of 121 files.*bad\.xml") as caught:
        X = VOCBoxExtractor().transform(paths)
    assert len(caught) == 1
    assert len(X) == 368
    assert len(VOCBoxExtractor(on_invalid="ignore").transform(paths)) == 368
    with pytest.raises(ValueError, match=r"bad\.xml: not well-formed"):
        VOCBoxExtractor(on_invalid="raise").transform(paths)


@pytest.mark.parametrize("as_series", [True, False])
def test_pandas_output_has_the_path_of_each_box_as_index(as_series):
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(PATHS, index=range(500, 620), name="xml")
    extractor = VOCBoxExtractor().set_output(transform="pandas")
    frame = extractor.fit_transform(series if as_series else PATHS)
    assert list(frame.columns) == ["width", "height"]
    table = read_annotations(PATHS)
    assert frame.index.tolist() == table.path.tolist()
    assert frame.index.name == "path"
    np.testing.assert_array_equal(frame.to_numpy(), table.sizes())


def test_as_first_step_of_a_pipeline():
    pipe = make_pipeline(VOCBoxExtractor(), KMeans(3, random_state=0, n_init=1))
    pipe.fit(PATHS)
    assert len(pipe.predict(PATHS)) == 368
    again = pickle.loads(pickle.dumps(pipe))
    assert again.score(PATHS) == pipe.score(PATHS)
    with pytest.raises(NotFittedError):
        clone(pipe).predict(PATHS)
    assert np.isfinite(cross_validate(pipe, PATHS, cv=3)["test_score"]).all()
    grid = {"kmeans__n_clusters": [2, 3], "vocboxextractor__scaling": ["pixels"]}
    search = GridSearchCV(pipe, grid, cv=2, n_jobs=2).fit(PATHS)
    assert search.best_params_["kmeans__n_clusters"] in (2, 3)


def test_a_cache_hands_out_no_stale_boxes_if_paths_are_stamped(tmp_path):
    folder = tmp_path / "xml"
    paths = make_voc_annotations(folder, 20, random_state=0)
    memory = Memory(tmp_path / "cache", verbose=0)
    pipe = make_pipeline(
        VOCBoxExtractor(), KMeans(2, random_state=0, n_init=1), memory=memory
    )

    def center(paths):
        return clone(pipe).fit(paths)[-1].cluster_centers_

    plain, stamped = center(paths), center(stamp_paths(paths))
    np.testing.assert_array_equal(plain, stamped)
    make_voc_annotations(folder, 20, random_state=1, overwrite=True)
    # The cache knows plain paths by their names only.
    np.testing.assert_array_equal(center(paths), plain)
    fresh = center(stamp_paths(paths))
    assert not np.allclose(fresh, plain)
    uncached = clone(pipe).set_params(memory=None).fit(paths)
    np.testing.assert_array_equal(fresh, uncached[-1].cluster_centers_)
