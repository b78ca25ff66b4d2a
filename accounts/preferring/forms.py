from typing import Any

from django import forms

from accounts.preferring.choices import DENSITIES, KEYS, THEMES, TIMES, zones


class PreferencesForm(forms.Form):
    """A person's own choices; none of them changes what they may do."""

    times = forms.ChoiceField(choices=list(TIMES.items()), widget=forms.RadioSelect, label="Times")
    zone = forms.ChoiceField(
        choices=[],
        required=False,
        label="Time zone",
        help_text="For times on pages. The log, exports and mails stay in UTC.",
    )
    density = forms.ChoiceField(choices=list(DENSITIES.items()), widget=forms.RadioSelect, label="Density")
    theme = forms.ChoiceField(choices=list(THEMES.items()), widget=forms.RadioSelect, label="Colours")
    keys = forms.ChoiceField(
        choices=list(KEYS.items()), widget=forms.RadioSelect, label="Single-key shortcuts"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, name.replace("_", " ")) for name in zones()]
        self.fields["zone"] = forms.ChoiceField(
            choices=[("", "As the browser has it"), *named],
            required=False,
            label="Time zone",
            help_text=self.fields["zone"].help_text,
        )
