"""Question files in and out, one module per format, each with a report of what was kept or lost."""
