from django.db.models import Prefetch

from exhibitions.models import Exhibit, LabelText

from .dto import ExhibitCard, LabelSheet


def build_cards(exhibition_id):
    exhibits = Exhibit.objects.filter(section__exhibition_id=exhibition_id).select_related("artefact")
    return [ExhibitCard.from_exhibit(exhibit) for exhibit in exhibits]


def build_sheets(exhibition_id):
    german = LabelText.objects.filter(language="de")
    exhibits = Exhibit.objects.filter(section__exhibition_id=exhibition_id).prefetch_related(
        Prefetch("texts", queryset=german, to_attr="german_texts")
    )
    return [LabelSheet.from_exhibit(exhibit) for exhibit in exhibits]


def count_sections(exhibition):
    sizes = {}
    for section in exhibition.sections.prefetch_related("exhibits"):
        sizes[section.title] = section.exhibits.count()
    return sizes
