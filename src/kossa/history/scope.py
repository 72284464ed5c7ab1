"""Whether what is named is said to be so: negation, doubt, whose it is, and when it was.

Windows as on the reference page (7.2): a denial reaches 6 words to the right, 5 to the left, ends at
"but" and its like, and goes on through a list. Two denials of one thing make it so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kossa.evidence import State, Whose
from kossa.history.levelled import Sentence
from kossa.history.lexicon import Match
from kossa.history.triggers import Trigger, triggers
from kossa.history.when import time_in

__all__ = ["Said", "Scope"]

_RIGHT = 6
_LEFT = 5
_ITEM = 3  # words of a further item before its name: `or history of`; more is another statement (judgement)
_NEAR = 2  # words from a denial to a statement that denies by itself
_VERDICTS = frozenset({"normal", "normally", "raized", "elevated", "high", "low", "positive", "negative"})
_SIGNS = frozenset(",;:()?<>%+=&[]")
_CLAUSE = frozenset({",", ";", "but"})
# a new verb after something was named begins a new statement: `no trauma was found, has ...`
_VERBS = frozenset({"is", "was", "are", "were", "has", "had", "with", "developed", "shows", "showed"})
# `no diabetes, on warfarin`: the second item says something of its own
_NEW_ITEM = frozenset(
    {"on", "with", "at", "in", "for", "from", "since", "has", "had", "takes", "after", "under"}
)
_BREAKS_LEFT = frozenset({",", ";", "(", "but", "and", "with", "of"})
# `his mother noticed a lump`: the relative speaks of the person
_SPEAKS = frozenset(
    {
        "noticed",
        "notes",
        "noted",
        "says",
        "said",
        "reports",
        "reported",
        "states",
        "stated",
        "brought",
        "gave",
    }
    | {"describes", "denies", "denied", "went", "gives", "thinks", "thought", "recalls", "felt", "saw"}
)
_SPOKEN_TO = frozenset({"by", "from", "told", "asked", "tells", "to"})


@dataclass(frozen=True, slots=True)
class Said:
    """How one match is meant."""

    state: State = State.PRESENT
    certainty: float = 1.0
    whose: Whose = Whose.PERSON
    when: str | None = None


@dataclass
class Scope:
    """One sentence with its matches; those numbered in `negative` deny by themselves (`no injury`)."""

    sentence: Sentence
    matches: Sequence[Match]
    negative: frozenset[int] = frozenset()
    words: list[str] = field(init=False)
    triggers: list[Trigger] = field(init=False)
    owner: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.words = [w.level for w in self.sentence.words]
        self.owner = {w: n for n, m in enumerate(self.matches) for w in range(m.first, m.last + 1)}
        self.triggers = [t for t in triggers(self.words) if self._acts(t)]

    def _acts(self, trigger: Trigger) -> bool:
        """A trigger inside a match is a part of it, unless the match itself denies (`no injury or fever`)."""
        owners = {self.owner[w] for w in range(trigger.first, trigger.last + 1) if w in self.owner}
        return owners <= self.negative

    def said(self, match: Match) -> Said:
        """Return state, certainty, whose and when of one match."""
        outside = [t for t in self.triggers if not match.first <= t.first <= match.last]
        if self._denies_itself(match):
            # `no injury, no pain`: the first `no` is not about the second; `not painless` is
            outside = [t for t in outside if 0 < match.first - t.last <= _NEAR or t.first > match.last]
        if self._denials(match, outside) % 2:
            time = time_in(self._said_in(match)) or self._no_history(match)
            return Said(State.ABSENT, 1.0, self._whose(match), time)
        doubted = any(t.role == "doubt" and self._reaches(t, match) for t in outside)
        state = State.UNKNOWN if doubted else State.PRESENT
        return Said(state, self._certainty(match, outside), self._whose(match), self._when(match))

    def _denies_itself(self, match: Match) -> bool:
        number = self.owner.get(match.first)
        return number in self.negative or bool(_VERDICTS & set(self.words[match.first : match.last + 1]))

    def _looks_at(self, trigger: Trigger, match: Match, role: str) -> bool:
        """Whether a trigger of a family of roles (role, _list, _next, ...) is about the match."""
        if trigger.role == f"{role}_after":
            return self._follows(trigger, match)
        if trigger.role == f"{role}_after_next":
            return trigger.first == match.last + 1
        if trigger.role == f"{role}_next":
            return trigger.last + 1 == match.first
        return trigger.role in (role, f"{role}_list") and self._reaches(trigger, match)

    def _reaches(self, trigger: Trigger, match: Match) -> bool:
        """Whether a trigger to the left still holds at the match."""
        between = range(trigger.last + 1, match.first)
        if trigger.last >= match.first or any(self._ends(t, trigger, match) for t in self.triggers):
            return False
        distance, reach, named, crossed = 0, _RIGHT, False, False
        for place in between:
            word = self.words[place]
            if word in ":(" or (named and word in _VERBS):
                return False
            if word in ("and", "or", "nor", ",") and named:
                distance, reach = 0, _ITEM  # a further item of the list: short, or a statement of its own
            elif place in self.owner:
                named = True
            elif word not in _SIGNS:
                distance += 1
            if distance > reach:
                return False
            crossed = crossed or word == ","
        return not crossed or trigger.role.endswith("_list") or self._list_goes_on(match)

    @staticmethod
    def _ends(stop: Trigger, trigger: Trigger, match: Match) -> bool:
        """A verb ends a denial only where the denial already had its object: `never had`, `no fever, had`."""
        if not trigger.last < stop.first < match.first:
            return False
        return stop.role == "end" or (stop.role == "verb" and stop.first > trigger.last + 2)

    def _list_goes_on(self, match: Match) -> bool:
        """After a comma a denial holds in `a, b or c`, and for an item that stands bare."""
        start, end = match.first, match.last
        while start > 0 and self.words[start - 1] not in _SIGNS:
            start -= 1
        if self.words[start] in _NEW_ITEM:
            return False
        if {"or", "nor"} & set(self.words[start : match.first]):
            return True
        rest = self.words[match.last + 1 :]
        stop = next((n for n, w in enumerate(rest) if w in (";", ":", "but", "with")), len(rest))
        if {"or", "nor"} & set(rest[:stop]):
            return True
        while end + 1 < len(self.words) and self.words[end + 1] not in _SIGNS:
            end += 1
        item = [n for n in range(start, end + 1) if self.words[n] not in ("or", "nor", "any", "and")]
        return all(n in self.owner for n in item)

    def _follows(self, trigger: Trigger, match: Match) -> bool:
        """Whether a trigger to the right looks back to the match, past nothing else that is named."""
        between = range(match.last + 1, trigger.first)
        if trigger.first <= match.last or len(between) > _LEFT:
            return False
        return not any(n in self.owner or self.words[n] in _BREAKS_LEFT for n in between)

    def _denials(self, match: Match, outside: Sequence[Trigger]) -> int:
        """Count the denials of a match: `no a, no b` deny b once, `not without b` twice."""
        spans = sorted({(t.first, t.last) for t in outside if self._looks_at(t, match, "deny")})
        count, before = 0, -1
        for first, last in spans:
            apart = range(before + 1, first)
            own_item = (
                any(n in self.owner or self.words[n] == "," for n in apart) or self.words[first] == "nor"
            )
            after = first > match.last
            if first > before:  # `was not` and `not seen` are one denial
                count = 1 if count and own_item and not after else count + 1
            before = max(before, last)
        return count

    def _certainty(self, match: Match, outside: Sequence[Trigger]) -> float:
        return min((t.certainty for t in outside if self._looks_at(t, match, "unsure")), default=1.0)

    def _clause(self, match: Match) -> tuple[int, int]:
        start, end = match.first, match.last
        while start > 0 and self.words[start - 1] not in _CLAUSE:
            start -= 1
        while end + 1 < len(self.words) and self.words[end + 1] not in _CLAUSE:
            end += 1
        return start, end

    def _whose(self, match: Match) -> Whose:
        start, end = self._clause(match)
        for t in self.triggers:
            listed = t.role == "kin_list" and t.last < match.first
            in_clause = t.role == "kin" and start <= t.first <= end and self._has_it(t)
            if listed or in_clause:
                return Whose.FAMILY
        return Whose.PERSON

    def tells_of_relatives_alike(self, stems: Sequence[str]) -> bool:
        """Whether a relative is said to have the same, or a lump: `sister has the same skin`.

        Words of a kind of sameness must stand in the relative's own clause, which must not deny it.
        """
        return any(
            t.role in ("kin", "kin_list") and self._has_it(t) and self._alike(t, tuple(stems))
            for t in self.triggers
        )

    def _alike(self, kin: Trigger, stems: tuple[str, ...]) -> bool:
        match = Match((), kin.first, kin.last, 0)
        start, end = self._clause(match)
        others = [*self.words[start : kin.first], *self.words[kin.last + 1 : end + 1]]
        denied = bool({"no", "not", "without"} & set(others)) or self.said(match).state is not State.PRESENT
        return not denied and any(w.startswith(stems) for w in others)

    def _has_it(self, kin: Trigger) -> bool:
        """`given by his mother` and `his mother noticed` speak of the person, not of the mother."""
        before = set(self.words[max(0, kin.first - 2) : kin.first])
        after = set(self.words[kin.last + 1 : kin.last + 3])
        return not before & _SPOKEN_TO and not after & _SPEAKS

    def _next(self, trigger: Trigger, match: Match) -> bool:
        """`old fracture`, and not `2-month-old with a fracture`."""
        before = self.words[trigger.first - 1] if trigger.first else ""
        aged = before.startswith(("year", "month", "week", "day"))
        return 0 < match.first - trigger.last <= _NEAR and not aged

    def _no_history(self, match: Match) -> str | None:
        """`no history of gout` speaks of the past, and leaves open what is suspected today."""
        before = self.words[max(0, match.first - _RIGHT) : match.first]
        return "past" if "history" in before else None

    def _said_in(self, match: Match) -> str:
        start, end = self._clause(match)
        return self.sentence.quote(start, end)

    def _when(self, match: Match) -> str | None:
        """The time that the clause gives; `past` where it says that it is over."""
        start, end = self._clause(match)
        time = time_in(self._said_in(match))
        over = any(t.role in ("past", "past_after") and start <= t.first <= end for t in self.triggers)
        if over:
            return f"past ({time})" if time else "past"
        if time is not None:
            return time
        for t in self.triggers:
            near = 0 < match.first - t.last <= _RIGHT and start <= t.first
            if (t.role == "past_mark" and near) or (t.role == "past_next" and self._next(t, match)):
                return "past"
        return None
