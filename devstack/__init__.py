"""The embedded stack: everything the engine needs, on one machine, from one command."""
