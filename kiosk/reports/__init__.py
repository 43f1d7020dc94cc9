"""Statistics and documents."""
