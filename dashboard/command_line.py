"""`qs133`, the one command. Exit codes: 0 it did what it says, 2 a usage error, 1 anything else.

Only the command that is named is imported, and nothing that it doesn't need: Python takes longer to read libraries than most commands work.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import importlib.util
import io
import os
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import cast

from config.home import VARIABLE
from config.toml_file import ConfigError
from dashboard import commands

DESCRIPTION = "A dashboard on NICE QS133, children's attachment. Each command has --help."
INTERRUPTED = 130
RESULTS = "results_file"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand and returns its exit code. Usage errors and --help leave through SystemExit, as argparse does."""
    folder, given = _home_given(list(sys.argv[1:] if arguments is None else arguments))
    try:
        with _home(folder):
            return _run(given)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1


def _run(given: Sequence[str]) -> int:
    parser, modules = _parser(given)
    options = parser.parse_args(given)
    command = modules[options.command]
    try:
        with _results_in(getattr(options, RESULTS, None)), _pandas_hidden(getattr(command, "WITHOUT_PANDAS", False)):
            code: int = command.run(options)
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, _expected(command)):
            print(error, file=sys.stderr)
            return 1
        if isinstance(error, BrokenPipeError):
            # Whoever read our output has stopped reading, as `head` does; Python must not complain again when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        raise


def _expected(command: ModuleType) -> tuple[type[Exception], ...]:
    """The errors of a command that are sentences to whoever ran it."""
    from data_access.engines import DatabaseUnavailable
    from data_access.file_system import CannotWrite

    return ConfigError, DatabaseUnavailable, CannotWrite, *getattr(command, "ERRORS", ())


def _home_given(given: Sequence[str]) -> tuple[Path | None, list[str]]:
    """Where data and settings live, as `--home` says wherever it stands, and what else was given."""
    before = argparse.ArgumentParser(prog="qs133", add_help=False, allow_abbrev=False)
    _add_home(before)
    found, rest = before.parse_known_args(given)
    return found.home, rest


@contextlib.contextmanager
def _home(folder: Path | None) -> Iterator[None]:
    """Sets the home folder before any command is imported, as some read settings then. Raises ConfigError for what is no folder."""
    if folder is None:
        yield
        return
    if not folder.is_dir():
        if folder.exists():
            raise ConfigError(f"{folder} is no folder. Name one with --home.")
        folder.mkdir(parents=True)
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder.absolute())
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


@contextlib.contextmanager
def _pandas_hidden(hide: bool) -> Iterator[None]:
    """Hides pandas from a command that can do without, if nothing has imported it yet.

    DuckDB imports it as soon as a value is bound, to look for its missing values, which takes longer than most commands.
    """
    imported = cast("dict[str, ModuleType | None]", sys.modules)
    hidden = hide and "pandas" not in imported
    if hidden:
        imported["pandas"] = None
    try:
        yield
    finally:
        if hidden and imported.get("pandas") is None:
            imported.pop("pandas", None)


def _add_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home", type=Path, metavar="FOLDER", help=f"the folder in which data and settings live (default: {VARIABLE}, or the current one)",
    )


@contextlib.contextmanager
def _results_in(file: Path | None) -> Iterator[None]:
    """Has what would go to standard output written to a file, in UTF-8 and in one step. Raises CannotWrite before and after."""
    if file is None:
        yield
        return
    from data_access.file_system import check_free, write_file

    check_free(file, force=True)
    written = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    with contextlib.redirect_stdout(written):
        yield
    written.flush()
    write_file(file, written.buffer.getvalue(), force=True)


def _parser(given: Sequence[str]) -> tuple[argparse.ArgumentParser, dict[str, ModuleType]]:
    """The parser, and the module of the command that is named, by its name.

    Without one it knows of each command only what the list of commands says, and ends with that list or a usage error.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__) if not module.ispkg)
    named = given[0] if given else None
    parser = argparse.ArgumentParser(prog="qs133", description=DESCRIPTION)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    if named not in names:
        for name in names:
            subparsers.add_parser(name, help=_help_of(name))
        return parser, {}
    module = importlib.import_module(f"{commands.__name__}.{named}")
    subparser = subparsers.add_parser(module.NAME, help=module.HELP, description=f"{module.HELP[0].upper()}{module.HELP[1:]}.")
    module.add_arguments(subparser)
    _add_home(subparser)
    if getattr(module, "PRINTS", False):
        for each in _last_parsers(subparser):
            each.add_argument(
                "--output", dest=RESULTS, type=Path, metavar="FILE", help="where to write the results (default: to print them)",
            )
    return parser, {module.NAME: module}


def _last_parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of a command's own commands, behind whose names options stand; without any, the command's."""
    own = next((action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)), None)
    return [parser] if own is None else list(own.values())


def _help_of(name: str) -> str:
    """What a command's module says of itself in `HELP`, read from its text: importing all of them takes two seconds."""
    spec = importlib.util.find_spec(f"{commands.__name__}.{name}")
    assert spec is not None and spec.origin is not None
    for line in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(line, ast.Assign) and [target.id for target in line.targets if isinstance(target, ast.Name)] == ["HELP"]:
            return str(ast.literal_eval(line.value))
    raise AssertionError(f"The command {name} has no HELP.")


if __name__ == "__main__":
    sys.exit(main())
