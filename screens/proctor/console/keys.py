"""The keys the console names at its foot, the most needed first, with the action a click runs."""

KEYS = (
    ("P", "pause", "verb('P')"),
    ("R", "resume", "verb('R')"),
    ("E", "extend", "verb('E')"),
    ("I", "incident", "verb('I')"),
    ("M", "message", "verb('M')"),
    ("/", "select", "prompt"),
    ("Z", "undo", "deeds"),
    ("L", "lock", "verb('L')"),
    ("T", "move", "verb('T')"),
    ("S", "start", "verb('S')"),
    ("N", "announce", "announce"),
    ("F8", "all", "hall"),
    ("F2", "pre-flight", "preflight"),
    ("Q", "check-in", "arrivals"),
    ("F9", "close-out", "closeout"),
    ("G", "code", "code"),
    ("F1", "help", "help"),
)
