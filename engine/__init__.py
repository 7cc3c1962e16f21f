"""The engine room and the dataset's side of cutline: everything that is not the screen."""
