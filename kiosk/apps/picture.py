"""A picture of a screen as plain text: what a capture keeps, at a hundredth of the size of an image."""

from textual.screen import Screen


def screen_text(screen: Screen[object]) -> str:
    """Return what can be read on a screen, line by line, without trailing spaces; "" before it was first laid out."""
    strips = screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips).rstrip()
