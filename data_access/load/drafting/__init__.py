"""What a file in another shape probably is: proposals for `sources.toml`, to be looked at by a person."""
