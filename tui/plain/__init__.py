"""The linear mode, for screen readers and plain terminals: one image at a time, commands on stdin, lines on stdout."""
