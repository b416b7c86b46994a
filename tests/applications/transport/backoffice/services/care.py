from collections import Counter, deque
from itertools import batched

from sqlalchemy import update

from backoffice.extensions import db
from backoffice.models import Complaint


def by_team(complaint: Complaint) -> str:
    return complaint.assignee.team.name


def by_channel(complaint: Complaint) -> str:
    return complaint.meta.get("channel", "letter")


GROUPINGS = {"team": by_team, "channel": by_channel}


def breakdown(grouping: str) -> dict[str, int]:
    key = GROUPINGS[grouping]
    return dict(Counter(key(complaint) for complaint in Complaint.query.filter_by(status="open")))


def unanswered(complaint: Complaint) -> bool:
    return complaint.replies.count() == 0


def collect_stale() -> list[int]:
    queue = deque(Complaint.query.filter_by(status="open").order_by(Complaint.opened_at))
    stale = []
    while queue:
        complaint = queue.popleft()
        if unanswered(complaint):
            stale.append(complaint.id)
    return stale


def mark_escalated(ids: list[int]) -> None:
    for chunk in batched(ids, 500):
        db.session.execute(update(Complaint).where(Complaint.id.in_(chunk)).values(status="escalated"))
    db.session.commit()
