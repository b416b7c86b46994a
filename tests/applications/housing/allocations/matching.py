from dataclasses import dataclass

from allocations.models import WaitingListEntry


@dataclass
class Candidate:
    entry: WaitingListEntry
    score: int


def shortlist(home):
    entries = WaitingListEntry.objects.filter(bedrooms=home.bedrooms).order_by("registered_on")
    candidates = [Candidate(entry, entry.points + entry.need_points) for entry in entries]
    return sorted(candidates, key=lambda candidate: -candidate.score)


def eligible_entries(band):
    entries = WaitingListEntry.objects.filter(band=band)
    return [entry for entry in entries if not entry.offers.filter(status="refused").exists()]
