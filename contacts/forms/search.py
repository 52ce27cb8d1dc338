from django import forms


class SearchForm(forms.Form):
    """One box; what was chosen before (the district) stays in the address."""

    q = forms.CharField(label="Search", required=False, max_length=100, strip=True)
    district = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, label):
        super().__init__(data)
        self.fields["q"].label = label

    @property
    def words(self):
        return self.cleaned_data["q"] if self.is_valid() else ""
