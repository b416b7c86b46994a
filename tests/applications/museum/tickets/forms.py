from django import forms

from .models import Ticket, TimeSlot


class SlotField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj.exhibition.title}, {obj.starts_at:%d.%m. %H:%M}"


class BookingForm(forms.ModelForm):
    slot = SlotField(queryset=TimeSlot.objects.select_related("exhibition").order_by("starts_at"))

    class Meta:
        model = Ticket
        fields = ("slot", "code", "price")
        widgets = {"code": forms.HiddenInput}

    def save(self, commit=True):
        self.instance.ticket_type = self.cleaned_data["slot"].exhibition.ticket_types.get(name="standard")
        return super().save(commit)
