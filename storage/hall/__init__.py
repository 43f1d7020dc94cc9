"""The store of a hall: its roster, its doors, and what it gave out."""
