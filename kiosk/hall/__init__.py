"""The hall: roster, admissions, leases, grants."""
