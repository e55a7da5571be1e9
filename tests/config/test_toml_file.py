"""What is made of a settings file: anew when the file says something else, and never of what it said before or may not have said."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.toml_file import ConfigError, line_of, read_toml, while_it_says_the_same


def test_what_is_made_of_a_file_is_kept_as_long_as_it_says_the_same(tmp_path: Path) -> None:
    file, made = tmp_path / "some.toml", []

    def build(path: Path) -> object:
        made.append(read_toml(path)["a"])
        return made[-1]

    for text, value, times in (("a = 1", 1, 1), ("a = 1", 1, 1), ("a = 2", 2, 2), ("a = 1", 1, 3)):
        file.write_text(text, encoding="utf-8")
        assert while_it_says_the_same(file, build) == value
        assert len(made) == times


def test_a_mistake_is_told_each_time_and_nothing_is_kept_of_it(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_text("a = 1", encoding="utf-8")
    assert while_it_says_the_same(file, read_toml) == {"a": 1}
    file.write_text("a =", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ConfigError, match="not valid TOML"):
            while_it_says_the_same(file, read_toml)
    file.unlink()
    with pytest.raises(ConfigError, match="missing"):
        while_it_says_the_same(file, read_toml)


def test_what_is_made_while_the_file_changes_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_text('role = "viewer"', encoding="utf-8")

    def build(path: Path) -> object:
        if read_toml(path)["role"] == "viewer" and not changed:
            changed.append(True)
            path.write_text('role = "analyst"', encoding="utf-8")
        return read_toml(path)["role"]

    changed: list[bool] = []
    assert while_it_says_the_same(file, build) == "analyst"
    file.write_text('role = "viewer"', encoding="utf-8")
    assert while_it_says_the_same(file, build) == "viewer"


def test_a_file_that_an_editor_gave_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1")
    assert (read_toml(file), line_of(file, "^a")) == ({"a": 1}, 1)


def test_a_line_that_is_not_in_utf_8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_bytes('a = 1\nb = "café"\n'.encode("cp1252"))
    with pytest.raises(ConfigError, match=r"some\.toml, line 2: this line is not in UTF-8"):
        read_toml(file)
