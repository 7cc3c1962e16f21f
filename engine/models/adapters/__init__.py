"""One file for each kind of model; heavy libraries are imported only in here, when a model loads."""
