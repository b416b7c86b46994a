import django_tables2 as tables

from library.models import Loan


class LoanTable(tables.Table):
    shelfmark = tables.Column(accessor="copy__shelfmark")
    title = tables.Column(accessor="copy__book__title", orderable=False)

    class Meta:
        model = Loan
        fields = ("due", "state")
