//! Sitemaps and feeds.

use super::*;

const TEXT: &str =
    "from django.contrib.sitemaps import Sitemap\nfrom django.contrib.syndication.views import Feed\n\n\n";

/// What is said of a sitemap or a feed of threads, whose address needs their rooms.
fn feed(text: &str) -> Vec<String> {
    let models = MODELS.replace(
        "    def labels(self):",
        "    def get_absolute_url(self):\n        return f\"/{self.room.name}/{self.pk}/\"\n\n    def labels(self):",
    );
    told(&[("chat/models.py", &models), ("chat/feeds.py", &format!("from .models import *\n{TEXT}{text}"))])
}

#[test]
fn a_sitemap_asks_for_the_address_of_each_row() {
    let map = |items: &str, rest: &str| {
        feed(&format!("class Threads(Sitemap):\n    def items(self):\n        return Thread.objects.{items}\n{rest}"))
    };
    let room = [r#"lazy Threads:room: select_related("room")"#];
    assert_eq!(map("all()", ""), room);
    assert!(map("select_related('room')", "").is_empty());
    assert!(map("all()", "\n    def location(self, item):\n        return f'/{item.pk}/'\n").is_empty());
    assert!(map("values('pk')", "").is_empty());
    let dated = "\n    location = '/'\n\n    def lastmod(self, item):\n        return item.messages.latest('pk').pk\n";
    assert_eq!(
        map("all()", dated),
        [r#"query Threads:item.messages.latest: Prefetch("messages", queryset=..., to_attr=...)"#]
    );
}

#[test]
fn a_feed_asks_for_what_it_says_of_each_row() {
    let items = "class Latest(Feed):\n    def items(self):\n        return Thread.objects.all()\n\n    def item_author_name(self, item):\n        return item.starter.username\n";
    assert_eq!(feed(items), [r#"lazy Latest:room,starter: select_related("room", "starter")"#]);
}

#[test]
fn rows_of_a_statement_written_by_hand() {
    let text = "def names(fast):\n    if fast:\n        rows = Thread.objects.raw('select')\n    else:\n        rows = Thread.objects.filter(closed=True)\n    return [it.room.name for it in rows]\n";
    assert_eq!(views(text), [r#"lazy names:room: select_related("room")"#]);
}
