"""Commands of the exam office."""
