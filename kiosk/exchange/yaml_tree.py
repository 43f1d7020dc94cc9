"""YAML read event by event: no tags, anchors or aliases, so that nothing in it can do or become anything."""

from types import ModuleType
from typing import TYPE_CHECKING, Any

from kiosk.exam.error import KioskError
from kiosk.exchange.tree import Growth, Misread, Tree
from kiosk.wire.scalar import Plain

if TYPE_CHECKING:
    import yaml


def read_yaml(name: str, text: str, deepest: int) -> Tree:
    """Return the values of a YAML text; raises Invalid naming the line for what is no plain YAML.

    Scalars without quotes stay words (`Plain`): the field they stand in says whether `1969` or `No` is text.
    """
    yaml = load_yaml()
    growth = Growth(name, deepest)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            _take(growth, event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(p for p in (error.context, error.problem) if p)
        raise Misread(name, mark.line + 1 if mark else 1, f"this is not YAML ({words}).") from error
    except yaml.YAMLError as error:
        raise _unreadable(name, text, error) from error
    return growth.tree()


def load_yaml() -> ModuleType:
    """Return PyYAML; raises KioskError on an installation without it."""
    try:
        import yaml
    except ImportError as error:
        raise KioskError("YAML is not installed here. Install exam-kiosk[central], or use JSON.") from error
    return yaml


def _take(growth: Growth, event: "yaml.Event") -> None:
    import yaml

    match event:
        case yaml.AliasEvent():
            raise Misread(growth.name, _line(event), "aliases (*name) are not taken; write the value out.")
        case yaml.ScalarEvent() | yaml.CollectionStartEvent():
            _take_node(growth, event)
        case yaml.CollectionEndEvent():
            growth.close()


def _take_node(growth: Growth, event: Any) -> None:
    import yaml

    line = _line(event)
    if event.anchor is not None:
        raise Misread(growth.name, line, "anchors (&name) are not taken; write the value out.")
    if event.tag is not None:
        raise Misread(growth.name, line, f"tags ({event.tag}) are not taken.")
    is_scalar = isinstance(event, yaml.ScalarEvent)
    if growth.wants_field:
        if not is_scalar:
            raise Misread(growth.name, line, "the name of a field must be a word.")
        growth.field(event.value, line)
    elif is_scalar:
        growth.add(Plain(event.value) if event.style in (None, "") else event.value, line)
    else:
        growth.open({} if isinstance(event, yaml.MappingStartEvent) else [], line)


def _line(event: "yaml.Event") -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _unreadable(name: str, text: str, error: Exception) -> Misread:
    place = getattr(error, "position", 0)
    line = text.count("\n", 0, place) + 1
    return Misread(name, line, "a character that no text file should hold.")
