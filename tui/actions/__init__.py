"""Every action of the person on the review screen, declared once; a file for each thing a person is about to do."""
