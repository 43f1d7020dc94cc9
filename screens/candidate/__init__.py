"""The candidate's screens, from login to receipt."""
