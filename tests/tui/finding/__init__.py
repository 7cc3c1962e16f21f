"""A filter, an order or a limit on the review screen: typed, looked for in a thread, put in force."""
