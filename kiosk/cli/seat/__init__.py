"""Commands of one candidate's machine."""
