"""Ratios of the engine against the bare thing, measured side by side in one run: `make bench`."""
