"""The pages that people see, one module a cabinet; they do nothing that the API can't."""
