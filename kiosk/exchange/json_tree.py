"""JSON read token by token, with lines, exact numbers and no name twice."""

import json
import re
from decimal import Decimal
from typing import Any

from kiosk.exchange.tree import Growth, Misread, Tree

_TOKEN = re.compile(r'[{}\[\]:,]|"(?:[^"\\]|\\.)*"|[^\s{}\[\]:,"]+')
_WORDS = {"true": True, "false": False, "null": None}


def read_json(name: str, text: str, deepest: int) -> Tree:
    """Return the values of a JSON text; raises Invalid naming the line for what is no JSON."""
    _must_be_json(name, text, deepest)
    growth = Growth(name, deepest)
    line, seen = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        _take(growth, token.group(), line)
    return growth.tree()


def _must_be_json(name: str, text: str, deepest: int) -> None:
    try:
        json.loads(text, parse_float=Decimal, parse_int=_short, parse_constant=_short)
    except json.JSONDecodeError as error:
        raise Misread(name, error.lineno, f"this is not JSON ({error.msg}).") from error
    except RecursionError as error:
        raise Misread(name, 1, f"nested deeper than {deepest} levels.") from error
    except ValueError as error:
        place = text.find(str(error))
        raise Misread(name, text.count("\n", 0, max(place, 0)) + 1, f"{str(error)[:20]} is no number.") from error


def _short(number: str) -> Any:
    if len(number) > 30 or not number.lstrip("-").isdigit():
        raise ValueError(number)
    return int(number)


def _take(growth: Growth, token: str, line: int) -> None:
    match token[0]:
        case "{":
            growth.open({}, line)
        case "[":
            growth.open([], line)
        case "}" | "]":
            growth.close()
        case ":" | ",":
            pass
        case '"':
            text = _whole_characters(growth.name, json.loads(token), line)
            if growth.wants_field:
                growth.field(text, line)
            else:
                growth.add(text, line)
        case _:
            growth.add(_WORDS[token] if token in _WORDS else _number(token), line)


def _whole_characters(name: str, text: str, line: int) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Misread(name, line, "half a character (a surrogate without its other half).") from error
    return text


def _number(token: str) -> int | Decimal:
    return int(token) if token.lstrip("-").isdigit() else Decimal(token)
