"""A person's session: its state, filters, address, links, and the render cache that sessions share."""
