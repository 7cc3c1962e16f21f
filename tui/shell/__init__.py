"""The commands of `cutline`, one file for each group; `tui.cli` finds them by name."""
