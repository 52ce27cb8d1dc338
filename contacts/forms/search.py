from django import forms

from contacts.forms.fields import TOO_LONG


class SearchForm(forms.Form):
    """One box; what was chosen before (the district) stays in the address."""

    q = forms.CharField(label="Search", required=False, max_length=100, error_messages={"max_length": TOO_LONG})
    district = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, label):
        super().__init__(data)
        self.fields["q"].label = label

    @property
    def is_refused(self):
        return "q" in self.errors

    @property
    def words(self):
        return "" if self.is_refused else self.cleaned_data["q"]

    def search(self, queryset):
        """The rows of the queryset that are called so; all without words, none for words that cannot be searched."""
        return queryset.none() if self.is_refused else queryset.named(self.words)


class SchoolForm(forms.Form):
    """One school of the district, in the address; ``empty`` says what none shows."""

    school = forms.ChoiceField(required=False)
    district = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, schools, empty="All schools"):
        super().__init__(data)
        self.schools = {str(school.pk): school for school in schools}
        self.fields["school"].choices = [("", empty), *self.schools.items()]

    @property
    def is_refused(self):
        return "school" in self.errors

    @property
    def chosen(self):
        """The school, or None."""
        return None if self.is_refused else self.schools.get(self.cleaned_data["school"])

    def fits(self, person, designations):
        """Whether the person works at the school or helps it with one of the designations."""
        if not self.chosen:
            return True
        return self.chosen.pk in {person.school_id, *(held.school_id for held in designations)}
