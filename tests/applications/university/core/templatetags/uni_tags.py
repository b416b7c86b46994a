from django import template

register = template.Library()


@register.filter
def availability(book):
    free = book.copies.filter(on_shelf=True).count()
    if free == 0:
        return "all on loan"
    return f"{free} on the shelf"


@register.filter
def initials(name):
    return "".join(part[0].upper() for part in name.split() if part)


@register.inclusion_tag("tags/lecturer_badge.html")
def lecturer_badge(lecturer, size="small"):
    return {"lecturer": lecturer, "size": size}


@register.simple_tag(takes_context=True)
def active(context, name):
    match = context["request"].resolver_match
    return "active" if match and match.url_name == name else ""
