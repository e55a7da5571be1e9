"""The page on which an analyst loads files: uploads, the dry run, the report."""
