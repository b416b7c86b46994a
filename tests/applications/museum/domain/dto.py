from dataclasses import dataclass


@dataclass(slots=True)
class ExhibitCard:
    number: str
    title: str
    place: str

    @classmethod
    def from_exhibit(cls, exhibit):
        artefact = exhibit.artefact
        return cls(
            number=artefact.inventory_no,
            title=exhibit.label or artefact.title,
            place=artefact.collection.name,
        )


@dataclass(slots=True)
class LabelSheet:
    position: int
    heading: str
    body: str

    @classmethod
    def from_exhibit(cls, exhibit):
        return cls(
            position=exhibit.position,
            heading=exhibit.label,
            body="\n\n".join(text.body for text in exhibit.german_texts),
        )


class Row:
    related = ()
    collections = ()

    def __init__(self, source):
        self.source = source

    @classmethod
    def eager(cls, queryset):
        if cls.related:
            queryset = queryset.select_related(*cls.related)
        return queryset.prefetch_related(*cls.collections)


class OrderRow(Row):
    collections = ("tickets__ticket_type",)

    def as_dict(self):
        return {
            "number": self.source.number,
            "kinds": [ticket.ticket_type.name for ticket in self.source.tickets.all()],
        }
