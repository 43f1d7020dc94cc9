"""The vocabulary and rules of an exam: pure values and functions, no I/O and no clock of their own."""
