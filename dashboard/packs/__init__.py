"""The meeting pack: what it holds (`contents`), and beside that the writers, one a format, which work out nothing themselves."""
