"""Pictures in a terminal: shrunk and turned into character cells away from the event loop."""
