from django import template

register = template.Library()


@register.filter
def money(value):
    return f"{value or 0:,.2f} EUR"


@register.simple_tag
def primary_image(artefact):
    image = artefact.images.filter(is_primary=True).first()
    return image.file.url if image else ""


@register.simple_tag
def thumb(artefact):
    if not artefact.primary_images:
        return "/static/none.png"
    return artefact.primary_images[0].file.url


@register.inclusion_tag("guides/_badge.html")
def guide_badge(guide):
    return {
        "phone": guide.phone,
        "codes": [language.code for language in guide.languages.all()],
    }
