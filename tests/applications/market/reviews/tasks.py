from celery import shared_task

from reviews import services


@shared_task
def weekly_digest():
    services.digest()


@shared_task
def photo_requests():
    services.ask_for_photos()


@shared_task
def moderate():
    return services.hide_flagged()
