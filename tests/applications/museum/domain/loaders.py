class LabelLoader:
    def __init__(self, language):
        self.language = language
        self._texts = {}

    def prime(self, exhibits):
        from exhibitions.models import LabelText

        texts = LabelText.objects.filter(language=self.language, exhibit__in=[e.pk for e in exhibits])
        for text in texts:
            self._texts[text.exhibit_id] = text.body

    def load(self, exhibit_id):
        return self._texts.get(exhibit_id, "")


class MemberRegistry:
    def __init__(self):
        self._members = None

    def get(self, pk):
        if self._members is None:
            from members.models import Member

            self._members = {member.pk: member for member in Member.objects.all()}
        return self._members.get(pk)
