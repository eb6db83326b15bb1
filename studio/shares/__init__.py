"""Share links: an asset or a board for people without an account, until a time, with a password, or until revoked."""
