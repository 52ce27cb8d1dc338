"""How long lists are chosen from: by typing, and grade levels also as a range."""

import re

from django import forms

from credentials.models.vocabularies import LAST_OF_A_RANGE, state_name

MOST_TYPED, MOST_PARTS = 2000, 100


def find(text, choices):
    """The choice that a typed text means: its value, its label, or the only one that begins with it; else None."""
    typed = text.casefold()
    exact = [value for value, label in choices if typed in (value.casefold(), label.casefold())]
    begun = [value for value, label in choices if label.casefold().startswith(typed)]
    return exact[0] if exact else begun[0] if len(begun) == 1 else None


def find_several(text, choices):
    """The choices in a text with commas, of which some choices have their own; what is none stays as it was typed."""
    # More than anybody types is taken as one text, which is on no list.
    if len(text) > MOST_TYPED or len(re.findall(r"[;\n,]", text)) >= MOST_PARTS:
        return [text]
    found, longest = [], 1 + max((text.count(",") for choice in choices for text in choice), default=0)
    for line in re.split(r"[;\n]", text):
        parts = [part.strip() for part in line.split(",") if part.strip()]
        while parts:
            lengths = range(min(len(parts), longest), 0, -1)
            matches = ((length, find(", ".join(parts[:length]), choices)) for length in lengths)
            length, value = next(((length, value) for length, value in matches if value), (1, parts[0]))
            found.append(value)
            parts = parts[length:]
    return found


class StateInput(forms.TextInput):
    """A state, typed: its two letters or its name."""

    template_name = "credentials/widgets/typed_one.html"
    choices = ()

    def format_value(self, value):
        return state_name(value) if value else ""

    def value_from_datadict(self, data, files, name):
        text = (data.get(name) or "").strip()
        return find(text, [choice for choice in self.choices if choice[0]]) or text if text else ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, {"autocomplete": "off", **(attrs or {})})
        return {**context, "labels": [label for choice, label in self.choices if choice]}


class TypedList(forms.Widget):
    """Several of a list: what is chosen stands as ticked boxes, and more is typed."""

    template_name = "credentials/widgets/typed_list.html"
    use_fieldset = True
    choices = ()

    def id_for_label(self, id_):
        return ""

    def value_from_datadict(self, data, files, name):
        chosen = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        typed = find_several(data.get(f"more_{name}") or "", self.choices)
        return [*dict.fromkeys([*chosen, *typed])]

    def value_omitted_from_data(self, data, files, name):
        return False

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        labels = dict(self.choices)
        value = [value] if isinstance(value, str) else value or []
        chosen = [(each, labels.get(each, each)) for each in value]
        return {**context, "chosen": chosen, "choices": self.choices}


class GradeLevels(TypedList):
    """Grade levels: a range, and single ones."""

    template_name = "credentials/widgets/grade_levels.html"

    @property
    def ladder(self):
        """What a range goes through: up to where grade levels follow one another."""
        values = [value for value, _ in self.choices]
        return values[: values.index(LAST_OF_A_RANGE) + 1] if LAST_OF_A_RANGE in values else values

    def value_from_datadict(self, data, files, name):
        chosen = super().value_from_datadict(data, files, name)
        ends = [data.get(f"{end}_{name}") for end in ("from", "to")]
        found = {*chosen, *self.between(*ends)}
        order = [value for value, _ in self.choices]
        return [*(value for value in order if value in found), *(value for value in chosen if value not in order)]

    def between(self, first, last):
        """Either end may be left out, and they may come in either order."""
        places = sorted(self.ladder.index(end) for end in (first, last) if end in self.ladder)
        return self.ladder[places[0] : places[-1] + 1] if places else []

    def get_context(self, name, value, attrs):
        value = [value] if isinstance(value, str) else value or []
        run = longest_run(self.ladder, value)
        context = super().get_context(name, [each for each in value if each not in run], attrs)
        first, last = (run[0], run[-1]) if run else ("", "")
        return {**context, "ladder": self.ladder, "first": first, "last": last}


def controls(field, value):
    """What the controls of a form field hold for a value, as the page needs it to put the value back."""
    widget = field.widget
    if isinstance(widget, TypedList):
        context = widget.get_context("", value, None)
        return {name: context.get(name, "") for name in ("chosen", "first", "last")}
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return {"ticked": value or []}
    held = widget.format_value(value)
    return {"text": (held[0] if held else "") if isinstance(held, list) else held or ""}


def longest_run(ladder, values):
    """The longest row of neighbors among the values, of at least two."""
    longest, run = [], []
    for step in [*ladder, None]:
        if step in values:
            run.append(step)
        else:
            longest, run = max(longest, run, key=len), []
    return longest if len(longest) > 1 else []
