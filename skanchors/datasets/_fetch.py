"""PASCAL VOC from its home page: only the annotations are kept."""

import lzma
import os
import re
import shutil
import tarfile
import uuid
import zlib
from pathlib import Path
from typing import Any

from skanchors._checks import check_count, check_number
from skanchors.datasets._download import Archive, check_archive, download, has_digest
from skanchors.datasets._listing import list_annotations
from skanchors.datasets._lock import lock

_HOME = "http://host.robots.ox.ac.uk/pascal/VOC"
# The largest annotation file and the largest sum of them that are extracted.
_MAX_FILE = 16 << 20
_MAX_TOTAL = 2 << 30

# What `uuid4().hex` gives.
_UNIQUE = "[0-9a-f]" * 32

# Where things go, by where they are in the archive. Names are taken from here and
# nothing else, so that an archive cannot write anywhere else.
_WANTED = re.compile(
    r"(?:.*/)?VOC\d{4}/(Annotations/[\w-]+\.xml|ImageSets/Main/[\w-]+\.txt)", re.ASCII
)

# The home page gives no digests. These are the MD5 digests that other libraries check;
# they tell a broken download, not a forged one.
_ARCHIVES = {
    (2007, "trainval"): Archive(
        f"{_HOME}/voc2007/VOCtrainval_06-Nov-2007.tar",
        "md5:c52e279531787c972589f7e41ab4ae64",
    ),
    (2007, "test"): Archive(
        f"{_HOME}/voc2007/VOCtest_06-Nov-2007.tar",
        "md5:b6e924de25625d8de591ea690078ad9f",
    ),
    (2012, "trainval"): Archive(
        f"{_HOME}/voc2012/VOCtrainval_11-May-2012.tar",
        "md5:6cd6e144f989b92b3379bac3b3de84fd",
    ),
}


def fetch_voc(
    year: int = 2007,
    image_set: str = "trainval",
    *,
    data_home: Any = None,
    download_if_missing: bool = True,
    url: str | None = None,
    checksum: str | None = None,
    n_retries: int = 3,
    delay: float = 1.0,
    verbose: int = 0,
) -> list[str]:
    """Fetch the annotations of PASCAL VOC, and list the files.

    The archive holds the images too (about 440 MB for 2007, 2 GB for 2012). It is
    downloaded once; the annotations and the image sets are taken out of it and kept in
    `data_home`, and it is removed.

    Parameters
    ----------
    year : {2007, 2012}, default=2007
        Year of the challenge.
    image_set : str, default="trainval"
        "train", "val" or "trainval"; for 2007 also "test"; or the set of a class, such
        as "dog_train".
    data_home : str, path-like or None, default=None
        Where to keep the files. None is the folder ``skanchors`` in scikit-learn's data
        home, see `sklearn.datasets.get_data_home`.
    download_if_missing : bool, default=True
        Whether to download what is not there yet. If not, that is an error.
    url : str or None, default=None
        Another place of the archive, such as a mirror. None is the home page of the
        challenge.
    checksum : str or None, default=None
        Digest of the archive, such as ``"sha256:..."`` or ``"md5:..."``. None is the
        MD5 digest of the original archive.
    n_retries : int, default=3
        How many times to go on after the connection broke.
    delay : float, default=1.0
        Seconds between these.
    verbose : int, default=0
        Whether to show a progress bar on a terminal.

    Returns
    -------
    list of str
        Paths of the XML files, sorted.

    Raises
    ------
    OSError
        If the download fails; what has come so far is kept, and the next call goes on
        from there. Also if the digest is wrong, or the archive has no annotations.
    ValueError
        If there is no such year or image set, or a parameter is out of range.

    See Also
    --------
    load_sample_paths : A small sample that needs no download.

    Examples
    --------
    >>> from skanchors.datasets import fetch_voc
    >>> paths = fetch_voc(2007, "trainval")  # doctest: +SKIP
    >>> len(paths)  # doctest: +SKIP
    5011
    """
    part = "test" if re.fullmatch(r"(\w+_)?test", image_set) else "trainval"
    if (year, part) not in _ARCHIVES:
        known = ", ".join(f"{y} {p}" for y, p in _ARCHIVES)
        raise ValueError(f"There is no VOC {year} {part} to fetch; there are {known}.")
    archive = _ARCHIVES[year, part]
    if url is not None:
        archive = archive._replace(url=url)
    if checksum is not None:
        archive = archive._replace(checksum=checksum)
    check_archive(archive)
    check_count(n_retries, name="n_retries", minimum=0)
    check_number(delay, name="delay")
    folder = _home(data_home) / f"VOC{year}_{part}"
    if not folder.is_dir():
        if not download_if_missing:
            raise OSError(
                f"VOC {year} {part} is not in {folder}, and download_if_missing=False."
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        file = folder.with_name(folder.name + ".tar")
        with lock(folder.with_name(folder.name + ".lock")) as shared:
            if not folder.is_dir():  # else another process was faster
                if shared:
                    # What was killed amid the extraction has left this behind.
                    for left in folder.parent.glob(f"{folder.name}.{_UNIQUE}"):
                        shutil.rmtree(left, ignore_errors=True)
                else:
                    # A name that no other process and no other thread writes to.
                    unique = f"{folder.name}.{uuid.uuid4().hex}.tar"
                    file = folder.with_name(unique)
                _fetch(archive, file, folder, image_set, n_retries, delay, verbose)
    sets = folder / "ImageSets" / "Main"
    if not (sets / f"{image_set}.txt").is_file():
        names = sorted(path.stem for path in sets.glob("*.txt") if "_" not in path.stem)
        raise ValueError(
            f"There is no image set {image_set!r} of VOC {year}; there are "
            f"{', '.join(names)}, and those of the classes."
        )
    return list_annotations(folder, image_set)


def _home(data_home: Any) -> Path:
    if data_home is not None:
        return Path(data_home).expanduser()
    from sklearn.datasets import get_data_home

    return Path(get_data_home()) / "skanchors"


def _fetch(
    archive: Archive,
    file: Path,
    folder: Path,
    image_set: str,
    n_retries: int,
    delay: float,
    verbose: int,
) -> None:
    """Put the folder in place.

    Parameters
    ----------
    archive : Archive
        What to download.
    file : Path
        Where to; a file that is there already is used if its digest is right.
    folder : Path
        Where to extract it.
    image_set : str
        The image set that must be whole.
    n_retries, delay, verbose : int, float, int
        As in `fetch_voc`.
    """
    if not file.is_file() or not has_digest(file, archive.checksum):
        file.unlink(missing_ok=True)
        download(archive, file, n_retries, delay, verbose)
    try:
        _extract(file, folder, image_set)
    finally:
        # What cannot be extracted today cannot be tomorrow.
        file.unlink(missing_ok=True)


def _extract(file: Path, folder: Path, image_set: str) -> None:
    """Take annotations and image sets out of an archive, all or nothing."""
    # Not by tempfile, whose folders only their owner may read.
    scratch = folder.with_name(f"{folder.name}.{uuid.uuid4().hex}")
    scratch.mkdir()
    try:
        total = 0
        with tarfile.open(file, "r:*") as archive:
            for member in archive:
                wanted = _WANTED.fullmatch(member.name)
                # Only regular files: a link would point anywhere.
                if wanted is None or not member.isreg():
                    continue
                total += member.size
                if member.size > _MAX_FILE or total > _MAX_TOTAL:
                    raise OSError(f"{file}: {member.name} is too large.")
                target = scratch / wanted[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                source = archive.extractfile(member)
                assert source is not None  # it is a regular file
                with source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)
        if not (scratch / "Annotations").is_dir():
            raise OSError(f"{file} has no annotations of PASCAL VOC in it.")
        if (scratch / "ImageSets" / "Main" / f"{image_set}.txt").is_file():
            list_annotations(scratch, image_set)
        try:
            os.replace(scratch, folder)
        except OSError:
            if not folder.is_dir():  # else another process was faster
                raise
    except tarfile.TarError as error:
        raise OSError(f"{file} is not a tar archive: {error}.") from error
    except (EOFError, zlib.error, lzma.LZMAError) as error:
        raise OSError(f"{file} is broken, it ends too early: {error}.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
