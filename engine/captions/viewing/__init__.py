"""How stored scores become proposed tags."""
