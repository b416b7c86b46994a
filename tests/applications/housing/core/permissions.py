from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin


class OfficerRequiredMixin(LoginRequiredMixin, UserPassesTestMixin):
    def test_func(self):
        return hasattr(self.request.user, "officer")


class PatchScope:
    def __init__(self, officer):
        self.officer = officer

    def allows(self, complaint):
        if complaint.handler_id == self.officer.pk:
            return True
        return self.officer.patch.filter(pk=complaint.estate_id).exists()

    def restrict(self, complaints):
        return [complaint for complaint in complaints if self.allows(complaint)]
