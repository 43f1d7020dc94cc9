"""What crosses a border, as versioned models that refuse what they do not know."""
