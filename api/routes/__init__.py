"""Routes by what people do, in the order of the clauses."""
