"""The one data converter shared by client, worker and replayer."""

from temporalio.contrib.pydantic import pydantic_data_converter

DATA_CONVERTER = pydantic_data_converter
"""Stores Cyrillic as it is: the default converter escapes it and takes 2.9 times the bytes."""
