"""The console's end: the board of a hub on another machine, or in another process of this one."""
