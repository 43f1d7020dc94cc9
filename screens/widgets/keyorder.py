"""Keys in the order they were pressed.

Textual hands a key first to the widget with the focus and then, through other queues, to bindings. Somebody who types
fast could so write into the question that was left a moment ago. A widget with `KeyOrder` runs bindings in its own
queue, between the letters it gets there, so that no key overtakes another.
"""

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.widget import Widget as _Base
else:
    # Textual takes styles from the first base that is a widget, and that must be the widget itself
    _Base = object


class KeyOrder(_Base):
    """Mixed in before the widget whose keys it keeps in order; comes before Textual's own key handling."""

    def keeps(self, event: events.Key) -> bool:
        """Whether the widget itself wants this key, whatever is bound to it."""
        return event.is_printable

    async def _on_key(self, event: events.Key) -> None:
        if self.keeps(event):
            return
        active = self.screen.active_bindings.get(event.key)
        if active is not None and active.enabled and await self.app.run_action(active.binding.action, active.node):
            event.stop()
            event.prevent_default()
