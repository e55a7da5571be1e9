"""Who looks and what they may see: roles, sign-in, the audit guard."""
