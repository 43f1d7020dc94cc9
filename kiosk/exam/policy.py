"""The rules of one test that a candidate's machine must follow, printed into its paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kiosk.exam.draft import AccessType
from kiosk.exam.error import Invalid
from kiosk.exam.field import Fields
from kiosk.exam.setting import read_setting


@dataclass(frozen=True, slots=True)
class Policy:
    """The candidate's side of the settings; nothing in it says what is right."""

    access_type: AccessType
    max_attempts: int | None
    allow_hide_timer: bool
    warn_minutes: tuple[int, ...]
    sequential_sections: bool
    hint_cost: Decimal
    late_entry_minutes: int
    due_date_ends: bool
    capture_seconds: int
    show_results: str
    immediate_feedback: bool

    @classmethod
    def from_settings(cls, access_type: AccessType, max_attempts: int | None, settings: Mapping[str, str]) -> "Policy":
        """Read the policy out of a test's settings; raises Invalid for a value or a pair that cannot stand."""
        flag = {k: read_setting(settings, k) == "true" for k in ("allowHideTimer", "dueDateEnds", "immediateFeedback")}
        if flag["immediateFeedback"] and access_type is AccessType.PRIVATE:
            raise Invalid("immediateFeedback is for practice: a private test cannot have it")
        minutes = read_setting(settings, "warnMinutes")
        return cls(
            access_type=access_type,
            max_attempts=max_attempts,
            allow_hide_timer=flag["allowHideTimer"],
            warn_minutes=tuple(sorted({int(m) for m in minutes.split(",") if m and int(m)}, reverse=True)),
            sequential_sections=read_setting(settings, "sectionOrder") == "sequential",
            hint_cost=Decimal(read_setting(settings, "hintCost")),
            late_entry_minutes=int(read_setting(settings, "lateEntryMinutes")),
            due_date_ends=flag["dueDateEnds"],
            capture_seconds=int(read_setting(settings, "captureSeconds")),
            show_results=read_setting(settings, "showResults"),
            immediate_feedback=flag["immediateFeedback"],
        )

    def document(self) -> dict[str, Any]:
        """Return the policy as plain JSON values."""
        return {
            "accessType": self.access_type.value,
            "maxAttempts": self.max_attempts,
            "allowHideTimer": self.allow_hide_timer,
            "warnMinutes": list(self.warn_minutes),
            "sequentialSections": self.sequential_sections,
            "hintCost": self.hint_cost,
            "lateEntryMinutes": self.late_entry_minutes,
            "dueDateEnds": self.due_date_ends,
            "captureSeconds": self.capture_seconds,
            "showResults": self.show_results,
            "immediateFeedback": self.immediate_feedback,
        }

    @classmethod
    def read(cls, d: Fields) -> "Policy":
        """Read a policy back; raises Invalid or ValueError when a field is missing or of the wrong kind."""
        return cls(
            access_type=AccessType(d.text("accessType")),
            max_attempts=d.whole_or_none("maxAttempts"),
            allow_hide_timer=d.flag("allowHideTimer"),
            warn_minutes=d.wholes("warnMinutes"),
            sequential_sections=d.flag("sequentialSections"),
            hint_cost=d.decimal("hintCost"),
            late_entry_minutes=d.whole("lateEntryMinutes"),
            due_date_ends=d.flag("dueDateEnds"),
            capture_seconds=d.whole("captureSeconds"),
            show_results=d.text("showResults"),
            immediate_feedback=d.flag("immediateFeedback"),
        )
