"""`qs133`, the one command. Exit codes: 0 it did what it says, 2 a usage error, 1 anything else."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

from config.toml_file import ConfigError
from dashboard import commands
from data_access.engines import DatabaseUnavailable

DESCRIPTION = "A dashboard on NICE QS133, children's attachment. Each command has --help."
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand and returns its exit code. Usage errors and --help leave through SystemExit, as argparse does."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser, modules = _parser(given)
    options = parser.parse_args(given)
    command = modules[options.command]
    expected = (ConfigError, DatabaseUnavailable, *getattr(command, "ERRORS", ()))
    try:
        code: int = command.run(options)
        sys.stdout.flush()
        return code
    except expected as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has stopped reading, as `head` does; Python must not complain again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser(given: Sequence[str]) -> tuple[argparse.ArgumentParser, dict[str, ModuleType]]:
    """The parser, with only the command's module imported when one is named, because some take a second to import."""
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    wanted = [name for name in names if name in given[:1]] or names
    parser = argparse.ArgumentParser(prog="qs133", description=DESCRIPTION)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name in wanted:
        module = importlib.import_module(f"dashboard.commands.{name}")
        subparser = subparsers.add_parser(module.NAME, help=module.HELP, description=f"{module.HELP[0].upper()}{module.HELP[1:]}.")
        module.add_arguments(subparser)
        modules[module.NAME] = module
    return parser, modules


if __name__ == "__main__":
    sys.exit(main())
