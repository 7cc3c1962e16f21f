"""What people do with cutline, each told as a story through the real app, the real engine and real files."""
