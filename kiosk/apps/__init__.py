"""The Textual Apps: what joins screens to a place."""
