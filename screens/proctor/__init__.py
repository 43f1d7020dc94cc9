"""The proctor's screens on a seat."""
