//! Rows that come by ways that are seldom written, and loops that lie in one another.

use super::*;

#[test]
fn what_few_turns_do_does_not_stand_for_what_many_do() {
    let text = "def newest():\n    return [it.labels() for it in Thread.objects.all()[:3]]\n\n\ndef whole():\n    return [it.labels() for it in Thread.objects.all()]\n";
    assert_eq!(
        views(text),
        [r#"lazy newest:tags: prefetch_related("tags") (short)"#, r#"lazy whole:tags: prefetch_related("tags")"#]
    );
    let models =
        format!("{MODELS}\n    def counted(self):\n        return self.thread.messages.filter(pk=1).count()\n");
    let views = "from .models import *\n\n\ndef newest(request):\n    return [it.counted() for it in Pin.objects.select_related('thread')[:3]]\n\n\ndef whole(request):\n    return [it.counted() for it in Pin.objects.select_related('thread')]\n";
    let told = told(&[("chat/models.py", &models), ("chat/views.py", views)]);
    assert_eq!(
        told,
        [r#"query whole:self.thread.messages.filter.count: annotate(Count("thread__messages", filter=Q(...)))"#]
    );
}

#[test]
fn few_rows_of_each_of_many() {
    let text = "def newest():\n    for room in Room.objects.all():\n        for thread in room.threads.filter(closed=False)[:5]:\n            print(thread.starter.username)\n";
    let told = views(text);
    assert!(told.contains(&r#"lazy newest:starter: select_related("starter")"#.to_owned()), "{told:?}");
    let text = "def newest():\n    for name in ('a', 'b'):\n        for thread in Thread.objects.filter(room__name=name)[:5]:\n            print(thread.starter.username)\n";
    assert_eq!(views(text), [r#"lazy newest:starter: select_related("starter") (short)"#]);
}

#[test]
fn rows_of_all_classes_below_one() {
    let text = "def rooms():\n    found = []\n    for kind in Thread.__subclasses__():\n        found.extend(kind.objects.filter(closed=True))\n    return [it.room.name for it in sorted(found, key=str)]\n";
    assert_eq!(views(text), [r#"lazy rooms:room: select_related("room")"#]);
}

#[test]
fn a_row_that_one_of_two_ways_gives() {
    let text = "def one(pk):\n    pin = Pin.objects.select_related('thread').get(pk=pk)\n    if pin.thread.closed:\n        return pin.thread\n    return Thread.objects.get(pk=pk)\n\n\ndef authors(pk):\n    return [it.author.username for it in one(pk).messages.order_by('pk')]\n";
    assert_eq!(views(text), [r#"lazy authors:author: select_related("author")"#]);
}

#[test]
fn a_template_that_an_argument_names_by_default() {
    let text = "from django.shortcuts import render\nfrom .models import *\n\n\ndef threads(request, template_name=\"chat/threads.html\"):\n    return render(request, template_name, {\"threads\": Thread.objects.all()})\n";
    let template = "{% for thread in threads %}{{ thread.room.name }}{% endfor %}";
    let files = [("chat/models.py", MODELS), ("chat/views.py", text), ("chat/templates/chat/threads.html", template)];
    assert_eq!(told(&files), [r#"lazy template:room: select_related("room")"#]);
}

#[test]
fn what_is_joined_unasked_is_joined_no_more_behind_a_name() {
    let text = |clause: &str| {
        format!(
            "def names():\n    for pin in Pin.objects.select_related(){clause}:\n        print(pin.thread.room.name)\n"
        )
    };
    assert!(views(&text("")).is_empty());
    assert!(views(&text(".prefetch_related('thread__room').select_related('thread')")).is_empty());
    assert_eq!(
        views(&text(".select_related('thread')")),
        [r#"lazy names:thread.room: select_related("thread__room") (no fix)"#]
    );
}

#[test]
fn the_other_side_of_a_foreign_key_of_whatever() {
    let models = "from django.db import models\n\n\nclass Board(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass BoardColumn(models.Model):\n    board = models.ForeignKey(Board, on_delete=models.CASCADE)\n\n\nclass BoardCard(models.Model):\n    column = models.ForeignKey(BoardColumn, on_delete=models.CASCADE)\n";
    let text = |clause: &str| {
        format!(
            "from .models import Board\n\n\ndef cards(board):\n    found = []\n    for column in board.boardcolumn_set.order_by('pk'){clause}:\n        found += list(column.boardcard_set.order_by('pk'))\n    return found\n"
        )
    };
    let told = |clause: &str| told(&[("board/models.py", models), ("board/views.py", &text(clause))]);
    assert_eq!(
        told(".prefetch_related('boardcard_set')"),
        ["query cards:column.boardcard_set.order_by: boardcard_set.all()"]
    );
    // Of one object there may be few.
    assert!(told("").is_empty());
}

#[test]
fn rows_that_a_coroutine_goes_through() {
    let text = "async def names():\n    async for it in Thread.objects.all():\n        print(it.room.name)\n        print(await it.messages.acount())\n\n\nasync def loaded():\n    async for it in Thread.objects.select_related('room'):\n        print(it.room.name)\n";
    assert_eq!(
        views(text),
        [
            r#"lazy names:room: select_related("room")"#,
            r#"query names:it.messages.acount: annotate(Count("messages"))"#
        ]
    );
}

#[test]
fn pages_of_wagtail_that_are_narrowed_load_nothing() {
    let models = "from django.db import models\nfrom wagtail.models import Page\n\n\nclass Place(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Visit(Page):\n    place = models.ForeignKey(Place, on_delete=models.CASCADE)\n";
    let views = "from .models import Visit\n\n\ndef places(page):\n    return [it.place.name for it in Visit.objects.live().descendant_of(page)]\n";
    let lazy = r#"lazy places:place: select_related("place")"#;
    assert_eq!(told(&[("site/models.py", models), ("site/views.py", views)]), [lazy]);
}

#[test]
fn a_save_that_does_more_than_fill_in_is_a_guess() {
    let models = |body: &str| {
        format!(
            "import uuid\nfrom django.db import models\n\n\nclass Gift(models.Model):\n    name = models.CharField(max_length=9)\n\n    def save(self, *args, **kwargs):\n        {body}\n        super().save(*args, **kwargs)\n"
        )
    };
    let views = "from .models import Gift\n\n\ndef rename():\n    for gift in Gift.objects.all():\n        gift.name = gift.name.upper()\n        gift.save()\n";
    let told = |body: &str| {
        let facts = found(&sources(&[("shop/models.py", &models(body)), ("shop/views.py", views)]));
        facts.writes_in_loops.iter().map(|it| is_sure(&it.remedy)).collect::<Vec<_>>()
    };
    for plain in
        ["self.name = self.name.strip()", "self.name = self.name or str(uuid.uuid4())", "self.name = name_of(self)"]
    {
        assert_eq!(told(plain), [!plain.contains("name_of")], "{plain}");
    }
    for more in ["self.full_clean()", "Gift.objects.filter(name=self.name).delete()", "mail(self.name)"] {
        assert_eq!(told(more), [false], "{more}");
    }
}

#[test]
fn what_is_filled_from_rows_is_as_long_as_they_are() {
    let fills = [
        "defaultdict(list)\n    for it in Thread.objects.all():\n        found[it.room_id].append(it)",
        "defaultdict(set)\n    for it in Thread.objects.all():\n        found[it.room_id].add(it.pk)",
        "defaultdict(int)\n    for it in Thread.objects.all():\n        found[it.room_id] += 1",
        "{}\n    for it in Thread.objects.all():\n        found.setdefault(it.room_id, []).append(it)",
        "set()\n    for it in Thread.objects.all():\n        found.add(it.room_id)",
        "set()\n    found.update(Thread.objects.values_list('room_id', flat=True))",
        "[]\n    for it in Thread.objects.all():\n        found += [it.room_id]",
        "set(Thread.objects.values_list('room_id')) - set(Pin.objects.values_list('pk'))",
        "map(str, Thread.objects.all())",
        "Counter(it.room_id for it in Thread.objects.all())",
        "range(len(Thread.objects.all()))",
    ];
    for fill in fills {
        let text = format!(
            "from collections import Counter, defaultdict\n\n\ndef rooms():\n    found = {fill}\n    return [Room.objects.get(pk=it) for it in found]\n"
        );
        assert_eq!(views(&text), ["query rooms:Room.objects.get: filter(pk__in=...)"], "{fill}");
    }
    for few in [
        "set()\n    found.add(1)",
        "[]\n    found += [1, 2]",
        "{'a', 'b'} - {'b'}",
        "defaultdict(int)\n    found['a'] += 1",
    ] {
        let text = format!(
            "from collections import defaultdict\n\n\ndef rooms():\n    found = {few}\n    return [Room.objects.get(pk=it) for it in found]\n"
        );
        assert!(views(&text).is_empty(), "{few}");
    }
}

#[test]
fn what_a_client_sends_is_asked_for_one_by_one() {
    let sent = [
        ("json.loads(request.body)['keys']", true),
        ("request.GET.getlist('keys')", true),
        ("request.POST.getlist('keys')", true),
        ("json.loads(request.body).items()", false),
        ("json.loads(text)", false),
    ];
    for (sent, many) in sent {
        let text =
            format!("import json\n\n\ndef rooms(request):\n    return [Room.objects.get(pk=it) for it in {sent}]\n");
        let wanted: &[&str] = if many { &["query rooms:Room.objects.get: filter(pk__in=...)"] } else { &[] };
        assert_eq!(views(&text), wanted, "{sent}");
    }
}
