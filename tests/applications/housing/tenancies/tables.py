import django_tables2 as tables

from tenancies.models import Tenancy


class TenancyTable(tables.Table):
    lead = tables.Column(accessor="lead_tenant__last_name", verbose_name="Lead tenant")
    address = tables.Column(accessor="property__address")

    class Meta:
        model = Tenancy
        fields = ["reference", "kind", "start"]


class FormerTenancyTable(tables.Table):
    balance = tables.Column(empty_values=(), orderable=False)

    class Meta:
        model = Tenancy
        fields = ["reference", "start", "end"]

    def render_balance(self, record):
        return record.rent_account.charged_to_date
