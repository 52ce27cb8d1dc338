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
