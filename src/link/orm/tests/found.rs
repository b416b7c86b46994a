//! Models that are found by other ways than a base that is known, and functions that are called by other ways than their
//! names.

use super::*;

#[test]
fn a_class_with_a_field_is_a_model() {
    let models = "from django.db import models\nfrom shop.catalogue import AbstractProduct\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Product(AbstractProduct):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n";
    let views =
        "from .models import Product\n\n\ndef names():\n    return [it.maker.name for it in Product.objects.all()]\n";
    assert_eq!(
        told(&[("shop/models.py", models), ("shop/views.py", views)]),
        [r#"lazy names:maker: select_related("maker")"#]
    );
}

#[test]
fn a_form_is_no_model() {
    let forms = "from django import forms\nfrom base import Form\n\n\nclass Search(Form):\n    maker = forms.ModelChoiceField(queryset=None)\n\n\ndef names():\n    return [it.maker.name for it in Search.objects.all()]\n";
    assert!(told(&[("shop/forms.py", forms)]).is_empty());
}

#[test]
fn a_base_that_is_not_known_may_order_its_rows() {
    let models = "from django.db import models\nfrom shop.catalogue import AbstractLine\n\n\nclass Basket(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Line(AbstractLine):\n    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name=\"lines\")\n";
    let views = "from .models import Basket\n\n\ndef firsts():\n    return [it.lines.first() for it in Basket.objects.prefetch_related(\"lines\")]\n";
    assert!(told(&[("shop/models.py", models), ("shop/views.py", views)]).is_empty());
}

#[test]
fn a_model_by_its_label() {
    let text = "from django.apps import apps\n\nT = apps.get_model(\"chat\", \"Thread\")\n\n\ndef names():\n    Pinned = apps.get_model(\"chat.Pin\")\n    return [it.room.name for it in T.objects.all()], [it.thread.closed for it in Pinned.objects.all()]\n";
    assert_eq!(
        views(text),
        [r#"lazy names:room: select_related("room")"#, r#"lazy names:thread: select_related("thread")"#]
    );
}

#[test]
fn a_function_made_awaitable() {
    let text = "from asgiref.sync import sync_to_async\n\n\nasync def counts():\n    for thread in await sync_to_async(list)(Thread.objects.all()):\n        yield await sync_to_async(thread.messages.count)()\n";
    assert_eq!(views(text), [r#"query counts:sync_to_async: annotate(Count("messages"))"#]);
}

#[test]
fn a_foreign_key_that_says_what_it_holds() {
    let models = MODELS.replace("room = models.ForeignKey(", "room = models.ForeignKey[\"Room\", \"Room\"](");
    let text = "from .models import *\n\n\ndef names():\n    return [it.room.name for it in Thread.objects.all()]\n";
    assert_eq!(
        told(&[("chat/models.py", &models), ("chat/views.py", text)]),
        [r#"lazy names:room: select_related("room")"#]
    );
}

#[test]
fn a_list_that_a_loop_fills() {
    let text = "def names():\n    found = []\n    for it in Thread.objects.all():\n        if it.closed:\n            found.append(it)\n    return [it.room.name for it in found]\n\n\ndef keys():\n    found = []\n    for it in Thread.objects.all():\n        found.append(it.room_id)\n    return [Room.objects.get(pk=it) for it in found]\n\n\ndef more():\n    found = []\n    found.extend(Thread.objects.filter(closed=True))\n    return [it.room.name for it in found]\n";
    assert_eq!(
        views(text),
        [
            r#"lazy names:room: select_related("room")"#,
            r#"lazy more:room: select_related("room")"#,
            "query keys:Room.objects.get: filter(pk__in=...)"
        ]
    );
    // Rows of two queries, of which neither brings what is read.
    let mixed = "def names():\n    found = []\n    for it in Thread.objects.all():\n        found.append(it)\n    for it in Message.objects.select_related('thread'):\n        found.append(it.thread)\n    return [it.room.name for it in found]\n";
    assert_eq!(views(mixed).len(), 1);
}

#[test]
fn rows_of_the_branch_that_can_be_read() {
    let text =
        "def get():\n    for thread in cached('threads') or Thread.objects.all():\n        print(thread.room.name)\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn the_object_of_a_view() {
    let text = "from rest_framework import viewsets\n\n\nclass Rooms(viewsets.ModelViewSet):\n    queryset = Room.objects.all()\n\n    def names(self, request):\n        room = self.get_object()\n        room.owner.username\n        return [it.starter.username for it in room.threads.open()]\n";
    assert_eq!(views(text), [r#"lazy Rooms.names:starter: select_related("starter")"#]);
}

#[test]
fn what_an_event_loop_may_not_load() {
    let raises = |body: &str| {
        let code = format!(
            "from asgiref.sync import sync_to_async\nfrom .models import Thread\n\n\nasync def show(request):\n    {body}\n"
        );
        let facts = found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &code)]));
        facts.lazy_loads.iter().map(|it| it.raises.known().copied()).collect::<Vec<_>>()
    };
    let read = "async for thread in Thread.objects.all():\n        print(thread.room.name)";
    assert_eq!(raises(read), [Some(true)]);
    let handed_on = "await sync_to_async(lambda: [it.room.name for it in Thread.objects.all()])()";
    assert!(!raises(handed_on).contains(&Some(true)));
    assert!(
        raises("async for thread in Thread.objects.select_related('room'):\n        print(thread.room.name)")
            .is_empty()
    );
}

#[test]
fn a_model_may_say_what_leads_back_to_it() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Gift(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n\n    class Meta:\n        default_related_name = \"%(model_name)s_list\"\n";
    let views = "from .models import Maker\n\n\ndef counts():\n    return [it.gift_list.count() for it in Maker.objects.all()]\n\n\ndef gifts():\n    return [list(it.gift_set.all()) for it in Maker.objects.all()]\n";
    assert_eq!(
        told(&[("shop/models.py", models), ("shop/views.py", views)]),
        [r#"query counts:it.gift_list.count: annotate(Count("gift_list"))"#]
    );
}

#[test]
fn what_is_asked_again_in_each_turn() {
    let helper = "def wanted():\n    return Room.objects.get(name='hall')\n\n\n";
    let text = |turn: &str| {
        views(&format!(
            "{helper}def rows(user, kind):\n    last = None\n    for it in Thread.objects.all():\n        {turn}\n"
        ))
    };
    assert_eq!(text("print(wanted().name)"), ["query rows:Room.objects.get: "]);
    assert_eq!(text("print(Room.objects.filter(name=kind).count())"), ["query rows:Room.objects.filter.count: "]);
    // What a turn leaves, the next asks with.
    assert!(text("last = Room.objects.filter(name=last).first()").is_empty());
    assert!(text("print(Room.objects.filter(name=choice(kind)).count())").is_empty());
    // A turn that writes may make it another.
    assert!(text("print(wanted().name, unknown.save())").is_empty());
    assert!(text("print(set_tenant(it), wanted().name)").is_empty());
    let kept = helper.replace("def", "@remembered\ndef");
    assert!(
        views(&format!("{kept}def rows():\n    for it in Thread.objects.all():\n        print(wanted().name)\n"))
            .is_empty()
    );
    // A queryset that stands before the loop is asked once.
    assert!(views("def rows():\n    rooms = Room.objects.filter(name='hall')\n    for it in Thread.objects.all():\n        print([room.name for room in rooms])\n").is_empty());
}
