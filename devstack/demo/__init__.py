"""Four stories about requests, driven by HTTP against the stack and checked at each step."""
