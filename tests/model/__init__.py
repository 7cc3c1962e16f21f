"""A review played at random, against a model that knows nothing of cutline's code."""
