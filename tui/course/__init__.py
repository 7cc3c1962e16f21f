"""What keys do on the image in view: the card, choices on it, decisions, undo, and the queue it goes through."""
