"""What was proposed and what was decided: the review store of one dataset."""
