"""The engine's door: protocol, server, client, and finding or starting the engine."""
