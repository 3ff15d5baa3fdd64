"""Histories of finished and half-way workflows, and the command that records them anew."""
