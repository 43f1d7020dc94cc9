"""The board: what the hub shows a console of its hall, and what it does when a proctor asks."""
