from datetime import timedelta

from django import forms
from django.utils import timezone

from cases.forms.sensitive import AsksBeforeSensitive
from cases.forms.submitting import IdempotentForm, long_text, needed
from cases.models import Case, Notice, ProductArea, SiteKind
from cases.models.affected import MOST_USERS
from cases.models.search import CASE_NUMBER
from contacts.forms import TOO_LONG, ByNameField
from contacts.models import District
from contacts.models.districts import validate_one_line

MOST_CASES = 100
MOST_DISTRICTS = 100
FARTHEST = timedelta(days=5 * 365)


class MomentField(forms.DateTimeField):
    """Day and time, to the minute, in the reader's time zone."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value):
        moment = super().clean(value)
        if moment and abs(moment - timezone.now()) > FARTHEST:
            raise forms.ValidationError("Enter a day within five years of today.")
        return moment


class DistrictsField(forms.CharField):
    """Districts, one on each line: their names, or enough of each to be the only one."""

    widget = forms.Textarea({"rows": 3})

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_DISTRICTS:
            raise forms.ValidationError(f"Name at most {MOST_DISTRICTS} districts, or choose all of them.")
        names = ByNameField(District.objects.all(), required=False)
        return list(dict.fromkeys(self._one(names, line) for line in lines))

    def prepare_value(self, value):
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def _one(self, names, line):
        try:
            return names.clean(line)
        except forms.ValidationError as error:
            raise forms.ValidationError(f"“{line}”: {error.messages[0]}") from error


class NewestForm(forms.Form):
    """Says which update of the notice the writer had read; refused for a newer one, it shows that."""

    newest = forms.IntegerField(widget=forms.HiddenInput, required=False)
    unread = ()

    def __init__(self, *args, notice, **kwargs):
        super().__init__(*args, **kwargs)
        self.notice, self.initial["newest"] = notice, notice.number

    def show_unread(self, updates):
        self.unread, self.data = updates, self.data.copy()
        self.data[self.add_prefix("newest")] = updates[-1].number


class NoticeForm(forms.Form):
    """What a notice says."""

    title = forms.CharField(
        max_length=120,
        validators=[validate_one_line],
        help_text="One line, such as “Attendance is slow”. It is the subject of the e-mail, too.",
        error_messages={**needed("Enter a title."), "max_length": TOO_LONG},
    )
    instructions = long_text(4, required=False, help_text="What people do meanwhile.")
    everyone = forms.BooleanField(label="It affects all districts", required=False)
    districts = DistrictsField(
        label="Districts", required=False, help_text="Unless it affects all: type one district per line."
    )
    product_areas = forms.ModelMultipleChoiceField(
        ProductArea.objects.filter(is_active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Leave all empty only if the whole product is affected. Whoever submits a case about one of them "
        "sees the notice first.",
    )
    site_kinds = forms.MultipleChoiceField(
        label="Sites", choices=SiteKind, required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_at = MomentField(label="Start", error_messages=needed("Enter when it starts or started."))
    expected_end = MomentField(required=False, help_text="Maintenance has one; of an incident it may not be known.")
    is_public = forms.BooleanField(
        label="Show it on the public status page",
        required=False,
        help_text="Anyone can read it there, so name no district and no person, in updates neither.",
    )

    def clean(self):
        said = self.cleaned_data
        start, end = said.get("starts_at"), said.get("expected_end")
        if start and end and end <= start:
            self.add_error("expected_end", "The expected end is after the start.")
        if self.kind == Notice.Kind.MAINTENANCE and not end and "expected_end" not in self.errors:
            self.add_error("expected_end", "Enter when the maintenance is expected to end.")
        if not said.get("everyone") and not said.get("districts") and "districts" not in self.errors:
            self.add_error("districts", "Type at least one district, or tick “It affects all districts”.")
        return said


class PostNoticeForm(NoticeForm, IdempotentForm):
    kind = forms.ChoiceField(
        label="What is it?",
        choices=[
            (Notice.Kind.INCIDENT, "Incident: something does not work, and districts are told now"),
            (Notice.Kind.MAINTENANCE, "Maintenance: planned work, of which districts are told ahead"),
        ],
        widget=forms.RadioSelect,
        error_messages=needed("Choose whether it is an incident or maintenance."),
    )
    field_order = ["kind"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"starts_at": timezone.now()}, **kwargs)

    def clean(self):
        self.kind = self.cleaned_data.get("kind")
        return super().clean()


class ChangeNoticeForm(NoticeForm, NewestForm):
    text = long_text(
        3, label="What changed, and why?", error_messages=needed("Say what changed."), help_text="Districts read it."
    )

    def __init__(self, *args, notice, **kwargs):
        super().__init__(*args, notice=notice, **kwargs)
        self.kind = notice.kind
        chosen = list(notice.product_areas.all())
        self.fields["product_areas"].queryset |= ProductArea.objects.filter(pk__in=[each.pk for each in chosen])
        for name in self.fields.keys() & {field.name for field in Notice._meta.concrete_fields}:
            self.initial[name] = getattr(notice, name)
        self.initial |= {"districts": list(notice.districts.all()), "product_areas": chosen}


class UpdateNoticeForm(NewestForm):
    text = long_text(4, label="Update", error_messages=needed("Write the update."), help_text="Districts read it.")
    expected_end = MomentField(required=False, help_text="As you expect it now.")

    def __init__(self, *args, notice, **kwargs):
        super().__init__(*args, notice=notice, **kwargs)
        self.initial["expected_end"] = notice.expected_end
        self.fields["expected_end"].required = not notice.is_incident
        self.fields["expected_end"].error_messages |= needed("Enter when the maintenance is expected to end.")

    def clean_expected_end(self):
        end = self.cleaned_data["expected_end"]
        if end and end <= self.notice.starts_at:
            raise forms.ValidationError("The expected end is after the start.")
        return end


class ResolveNoticeForm(NewestForm):
    text = long_text(4, label="How did it end?", error_messages=needed("Say how it ended."))
    text.help_text = "Districts read it. The notice is then closed."


class ReportAffectedForm(forms.Form):
    users_affected = forms.IntegerField(
        label="How many people does it affect?",
        min_value=1,
        max_value=MOST_USERS,
        help_text="Your best guess is enough.",
        error_messages=needed("Enter how many people it affects."),
    )
    note = long_text(
        2,
        required=False,
        help_text="What you see that is not said above. Leave out passwords and what is private about students.",
    )


class TieCasesForm(forms.Form):
    """Cases by their numbers."""

    numbers = forms.CharField(
        label="Case numbers",
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="Separated by spaces, commas or lines.",
        error_messages=needed("Enter the numbers of the cases."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_numbers(self):
        words = self.cleaned_data["numbers"].replace(",", " ").replace(";", " ").split()
        if len(words) > MOST_CASES:
            raise forms.ValidationError(f"Enter at most {MOST_CASES} numbers at once.")
        numbers = {word: found[1] for word in words if (found := CASE_NUMBER.fullmatch(word))}
        cases = Case.objects.visible_to(self.user).in_bulk(map(int, numbers.values()))
        if unknown := [word for word in words if word not in numbers or int(numbers[word]) not in cases]:
            raise forms.ValidationError(f"There is no case with this number: {unknown[0]}.")
        return list(cases.values())


class AnswerTogetherForm(AsksBeforeSensitive, IdempotentForm):
    """One text for every open case that is tied to the notice."""

    heading, button, done = "Answer the cases together", "Send to each case", "answered"
    text = long_text(
        6,
        label="What each district reads",
        error_messages=needed("Write the answer."),
        help_text="It is added to each case's own thread, so name no district.",
    )
    settled_as = forms.ChoiceField(
        label="Is it the resolution?",
        choices=[("", "No, the cases go on"), *((value, f"Yes. {label}") for value, label in Case.Settlement.choices)],
        required=False,
        help_text="With a resolution each becomes Pending Customer Verification: its district closes it or replies.",
    )
