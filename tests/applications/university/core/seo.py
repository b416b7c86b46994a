from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy

from courses.models import Offering
from newsletters.models import Issue


class OfferingSitemap(Sitemap):
    changefreq = "weekly"
    priority = 0.6

    def items(self):
        return Offering.objects.filter(is_public=True).order_by("pk")

    def lastmod(self, item):
        return item.updated_at


class IssueFeed(Feed):
    title = "University newsletters"
    link = reverse_lazy("issue-feed")
    description = "Issues of all newsletters"

    def items(self):
        return Issue.objects.exclude(sent_at=None).order_by("-sent_at")[:20]

    def item_title(self, item):
        return item.subject

    def item_description(self, item):
        return item.body

    def item_link(self, item):
        return f"/newsletters/{item.newsletter_id}/#{item.pk}"

    def item_pubdate(self, item):
        return item.sent_at
