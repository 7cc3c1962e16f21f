"""One sitting of a person: how long it is, how fast it goes, and where it begins the next time."""
