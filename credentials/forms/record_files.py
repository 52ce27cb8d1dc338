"""A file of records that comes back: what it would add and change is worked out, and nothing is saved here."""

import csv
import io

from django import forms

from credentials.forms.record_rows import Reader
from credentials.models import fingerprint

MOST_BYTES, MOST_ROWS, MOST_ERRORS = 1_000_000, 5_000, 50
WHO = {"Record", "Staff ID", "E-mail"}


class RecordFileForm(forms.Form):
    """A valid form has ``rows``, what the file would change; ``is_accepted``: after somebody saw exactly that."""

    file = forms.FileField(
        required=False,
        label="CSV file",
        help_text="As you downloaded it from Records of staff, with your changes.",
        # Without the attribute the label would say “(optional)”.
        widget=forms.FileInput(attrs={"data-conditional": ""}),
    )
    content = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    accepted = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.rows, self.unchanged, self.text = by, [], 0, ""

    def clean(self):
        cleaned = super().clean()
        # A browser sends the ends of lines its own way.
        self.text = self._text(cleaned).replace("\r\n", "\n")
        lines = self._lines(self.text)
        reader = Reader(self.by, lines)
        self.rows, self.unchanged, problems = reader.read()
        for number, problem in problems[:MOST_ERRORS]:
            self.add_error(None, f"Line {number}: {problem}")
        if len(problems) > MOST_ERRORS:
            self.add_error(None, f"{len(problems) - MOST_ERRORS:,} more lines have errors.")
        if not problems and not self.rows:
            raise forms.ValidationError("This file changes nothing: every record already says what it says.")
        return cleaned

    @property
    def digest(self):
        """What is accepted is what was shown, and no more than that."""
        shown = [(row.line, row.key, row.holder.pk, row.type.pk, row.changes) for row in self.rows]
        return fingerprint(shown)

    @property
    def is_accepted(self):
        return self.is_valid() and self.cleaned_data["accepted"] == self.digest

    @property
    def added(self):
        return [row for row in self.rows if row.record is None]

    @property
    def changed(self):
        return [row for row in self.rows if row.record is not None]

    def _text(self, cleaned):
        file = cleaned.get("file")
        if not file:
            if not cleaned.get("content"):
                raise forms.ValidationError("Choose a file.")
            return cleaned["content"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 1 MB. Split it, and import one part after the other.")
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not in UTF-8. Save it as “CSV UTF-8”.") from None

    @staticmethod
    def _lines(text):
        """(number, {column: cell}) of each line that says something."""
        try:
            reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
            if not WHO & {*(reader.fieldnames or [])}:
                raise forms.ValidationError(
                    "The first line must name the columns, at least Record, Staff ID or E-mail."
                )
            if len({*reader.fieldnames}) < len(reader.fieldnames):
                raise forms.ValidationError("Two columns have the same name.")
            lines = [(reader.line_num, row) for row in reader if any(row.values())]
        except csv.Error as error:
            raise forms.ValidationError(f"The file is no table: {error}.") from None
        if len(lines) > MOST_ROWS:
            raise forms.ValidationError(f"The file has more than {MOST_ROWS:,} lines. Split it.")
        return lines
