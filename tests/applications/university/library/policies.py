import logging
from dataclasses import dataclass

from library.models import Fine, Loan

logger = logging.getLogger("library")


@dataclass
class SlipLine:
    position: int
    loan: Loan

    @property
    def title(self):
        return self.loan.copy.book.title

    def render(self):
        return f"{self.position:>3}  {self.title}  due {self.loan.due}"


def may_borrow(student):
    if student.stalled:
        return False
    return not _has_open_fines(student)


def _has_open_fines(student):
    return Fine.objects.filter(loan__student=student, paid_at=None).exists()


def on_returned(loan):
    logger.info("copy %s returned", loan.copy.shelfmark)


def on_lost(loan):
    logger.warning("copy %s lost by %s", loan.copy_id, loan.student.matriculation_no)


def ignore(loan):
    return None


HANDLERS = {"returned": on_returned, "lost": on_lost}
