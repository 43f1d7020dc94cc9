"""What is fast, against what: each module measures beside a named floor in the same run and prints its ratio."""
