"""The engine's jobs as the screens see them: the line to the engine, what comes in, what is started."""
