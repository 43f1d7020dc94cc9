"""The proctor's console of a whole hall: the map of seats, what needs somebody, and the acts."""
