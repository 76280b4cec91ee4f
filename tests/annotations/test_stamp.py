import os
import pickle
from pathlib import Path

import joblib
import pytest

from skanchors.annotations import stamp_paths


def test_stamped_paths_are_paths(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("1")
    (stamped,) = stamp_paths([path])
    assert stamped == str(path)
    assert hash(stamped) == hash(str(path))
    assert Path(stamped).read_text() == "1"
    again = pickle.loads(pickle.dumps(stamped))
    assert again == stamped
    assert again.stamp == stamped.stamp


def test_the_hash_changes_with_the_file_and_only_then(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("1")
    before = joblib.hash(stamp_paths([path]))
    assert joblib.hash(stamp_paths([path])) == before
    path.write_text("12")
    longer = joblib.hash(stamp_paths([path]))
    os.utime(path, ns=(0, 0))
    older = joblib.hash(stamp_paths([path]))
    assert len({before, longer, older, joblib.hash([str(path)])}) == 4


def test_wrong_paths(tmp_path):
    with pytest.raises(FileNotFoundError):
        stamp_paths([tmp_path / "nowhere.xml"])
    with pytest.raises(TypeError, match="one path"):
        stamp_paths("a.xml")
