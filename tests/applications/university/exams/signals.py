import logging

from django.dispatch import Signal, receiver

logger = logging.getLogger("exams.appeals")

appeal_closed = Signal()


@receiver(appeal_closed)
def log_closed_appeal(sender, appeal, **kwargs):
    logger.info("appeal %s closed at %s points", appeal.pk, appeal.grade.points)
