from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from estates.models import Property
from repairs.models import RepairLine, RepairOrder, ScheduleRate


class PropertyChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj.address} – {obj.block.name}"


class RepairForm(forms.ModelForm):
    property = PropertyChoiceField(queryset=Property.objects.filter(is_active=True).order_by("address"))

    class Meta:
        model = RepairOrder
        fields = ["reference", "property", "trade", "summary", "target_date"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.Meta.fields, Submit("save", "Report repair"))


class LineForm(forms.Form):
    code = forms.CharField()
    quantity = forms.DecimalField(min_value=0)


LineFormSet = forms.formset_factory(LineForm, extra=5, max_num=60)


def lines_from(formset, repair):
    wanted = [form.cleaned_data for form in formset if form.cleaned_data.get("code")]
    rates = {rate.code: rate for rate in ScheduleRate.objects.filter(code__in=[w["code"] for w in wanted])}
    lines = []
    for data in wanted:
        rate = rates.get(data["code"])
        if rate is None:
            continue
        lines.append(RepairLine(repair=repair, sor=rate, description=rate.description, quantity=data["quantity"]))
    return RepairLine.objects.bulk_create(lines)
