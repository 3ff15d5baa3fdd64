"""Rehearsal of changed terms: a year of invented requests by the engine itself, on skipped time."""
