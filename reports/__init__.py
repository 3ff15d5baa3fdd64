"""What people read on paper and in tables: facts in, PDF, XLSX and CSV out. Pure; imports `models` alone."""
