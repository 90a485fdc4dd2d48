"""Form fields and widgets as browsers offer them, without scripts of their own."""

from django import forms
from django.core.exceptions import ValidationError


class ColourInput(forms.TextInput):
    """The browser's own choice of colour, with the colour's name beside it."""

    input_type = "color"
    template_name = "editing/colour_input.html"


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A day and time; one that the clocks have twice, or not at all, is told in plain words."""

    widget = MomentInput

    def to_python(self, value):
        """Return the moment."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(
                "The clocks change at this time. Choose an hour earlier or later.", code=error.code
            ) from error


class LongLineField(forms.CharField):
    """One line of text, shown in full even where there is little room: it may be broken to type."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value):
        """Return the text as one line."""
        return " ".join(super().to_python(value).split())
