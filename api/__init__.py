"""The HTTP API: parse, authorise, one call, reply."""
