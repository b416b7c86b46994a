from django import template
from django.utils.html import format_html

register = template.Library()


@register.filter
def pounds(value):
    return f"£{value:,.2f}"


@register.simple_tag
def arrears_badge(account):
    if account.is_closed:
        return ""
    if account.arrears_cases.filter(closed_on__isnull=True).exists():
        return format_html('<span class="badge text-bg-danger">{}</span>', "Arrears")
    return ""


@register.inclusion_tag("includes/pill.html")
def status_pill(status, label=None):
    return {"status": status, "label": label or status.replace("_", " ").title()}
