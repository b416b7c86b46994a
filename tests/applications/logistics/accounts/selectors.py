from .models import User


def recipients_for(organisation_id):
    return User.objects.filter(
        organisation_id=organisation_id,
        is_active=True,
        notification_preference__isnull=False,
    ).order_by("pk")
