"""Measurements: ratios to a peer in the same run, since seconds depend on the machine. `make bench` runs them all."""
