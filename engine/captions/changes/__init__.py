"""What a candidate would change in a caption, and what comes of the changes chosen."""
