"""The words of the domain. Importable from anywhere; imports nothing of the layers above."""
