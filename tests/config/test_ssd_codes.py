"""What an authority's own words in a Standard Safeguarding Dataset stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import ssd_codes
from config.toml_file import ConfigError


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], dict[str, dict[str, str]]]]:
    """Reads a file with the given text; only the columns that have words."""

    def read(text: str) -> dict[str, dict[str, str]]:
        (tmp_path / ssd_codes.FILE).write_text(text, encoding="utf-8")
        ssd_codes.local_words.cache_clear()
        return {column: dict(meanings) for column, meanings in ssd_codes.local_words().items() if meanings}

    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))
    yield read
    ssd_codes.local_words.cache_clear()


def test_the_file_as_it_comes_names_none_and_may_be_missing(words: Callable[[str], object], tmp_path: Path) -> None:
    as_it_comes = (Path(ssd_codes.__file__).parent / ssd_codes.FILE).read_text(encoding="utf-8")
    assert words(as_it_comes) == {}
    assert all(column in as_it_comes for column in ssd_codes.SSD_CODES)
    (tmp_path / ssd_codes.FILE).unlink()
    ssd_codes.local_words.cache_clear()
    assert set(ssd_codes.local_words()) == set(ssd_codes.SSD_CODES)


def test_words_stand_for_codes(words: Callable[[str], object]) -> None:
    text = '[lega_legal_status]\n"Interim care order " = "C1"\n"Placement order" = "E1"\n[pers_sex]\nFemale = "F"\n'
    assert words(text) == {"lega_legal_status": {"Interim care order": "C1", "Placement order": "E1"}, "pers_sex": {"Female": "F"}}


@pytest.mark.parametrize(("text", "said"), [
    ('\n[lega_status]\n"Care" = "C2"\n', "ssd_codes.toml, line 2: lega_status is no coded column of the dataset."),
    ('lega_legal_status = "C2"\n', "ssd_codes.toml, line 1: lega_legal_status is no coded column"),
    ('[lega_legal_status]\n"Care" = "C9"\n', "ssd_codes.toml, line 1: 'Care' can't stand for 'C9'"),
    ('[pers_sex]\nMale = 1\n', "'Male' can't stand for 1"),
    ("[pers_sex\n", "ssd_codes.toml is not valid TOML"),
])
def test_a_mistake_is_told_with_its_line(words: Callable[[str], object], text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        words(text)
    assert said in str(error.value)
