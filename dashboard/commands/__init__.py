"""The subcommands of `qs133`, one module each.

A module has NAME and HELP, `add_arguments(parser)`, and `run(options)`, which returns the exit code. ERRORS, if it has
it, are exceptions whose message is told as it is, with exit code 1. WITHOUT_PANDAS says that nothing of it needs pandas.
"""
