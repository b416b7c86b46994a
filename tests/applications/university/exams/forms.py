from django import forms

from exams.models import Grade

PASS_MARK = 50


class MarkForm(forms.Form):
    registration_id = forms.IntegerField(widget=forms.HiddenInput)
    points = forms.DecimalField(min_value=0, max_value=100)

    def save(self):
        points = self.cleaned_data["points"]
        return Grade(
            registration_id=self.cleaned_data["registration_id"],
            points=points,
            passed=points >= PASS_MARK,
        )


MarkFormSet = forms.formset_factory(MarkForm, extra=0)
GradeFormSet = forms.modelformset_factory(Grade, fields=("points",), extra=0)
