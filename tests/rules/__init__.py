"""The laws on imports, checked against the code as it is written and as it runs."""
