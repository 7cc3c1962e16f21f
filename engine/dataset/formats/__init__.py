"""What other programs read and write: one file for each format, text only, knowing neither store nor screen."""
