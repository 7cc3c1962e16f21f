"""Jobs: the spool that keeps them, the scheduler, the worker process that runs them."""
