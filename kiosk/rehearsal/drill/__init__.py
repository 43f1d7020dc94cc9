"""The drill: a hall in which everything that can be lost is lost on purpose, and the way back is measured."""
