"""The hub: one process that sees every seat of a hall, keeps safety copies, and carries the proctor's word."""
