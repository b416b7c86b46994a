from django import template

from shop.models import Loan

register = template.Library()


@register.simple_tag
def lent_copies(book, returned=False):
    return Loan.objects.filter(book=book, returned=returned).count()


@register.simple_tag(takes_context=True)
def reviews_of(context, book):
    return book.review_set.filter(stars__gte=1).count()


@register.filter
def credit_of(book):
    return book.author.name


@register.filter
def in_capitals(text):
    return text.upper()


@register.simple_tag
def shelf_mark(book):
    return f"{book.pk:04}"


@register.inclusion_tag("tag_that_includes__row.html")
def loans_of(book):
    return {"loans": book.loans.filter(returned=False)}


@register.inclusion_tag("tag_that_includes_keys__row.html")
def keys_of(book):
    return {"key": book.pk, "title": book.title}
