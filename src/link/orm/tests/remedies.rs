//! What is said to mend a loop, and what is not said because it would break, or ask for something else.

use super::*;

/// Lines of a kind that a function in a file of views gives.
fn of(text: &str, kind: &str) -> Vec<String> {
    views(text).into_iter().filter(|line| line.starts_with(kind)).collect()
}

#[test]
fn the_key_is_what_tells_one_turn_from_another() {
    let key = |call: &str| {
        let text = format!(
            "from django.contrib.contenttypes.models import ContentType\n\n\ndef get():\n    for thread in Thread.objects.all():\n        print(Message.objects.{call})\n"
        );
        of(&text, "query").into_iter().map(|it| it.split_once(": ").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(key("filter(event=f'{thread.name}!', thread=thread).exists()"), ["filter(thread__in=..., ...)"]);
    assert_eq!(key("filter(thread=thread, event=f'{thread.name}!').exists()"), ["filter(thread__in=..., ...)"]);
    assert_eq!(
        key("filter(content_type=ContentType.objects.get_for_model(thread), object_id=thread.number).exists()"),
        ["filter(object_id__in=..., ...)"]
    );
    assert_eq!(
        key("filter(content_type=thread.kind, object_id=thread.number).exists()"),
        ["filter(object_id__in=..., ...)"]
    );
    assert_eq!(
        key("filter(author=thread.starter, text=thread.name).exists()"),
        ["filter(author__in=..., text__in=...)"]
    );
    assert_eq!(key("filter(author_id=thread.starter_id).exists()"), ["filter(author_id__in=...)"]);
}

#[test]
fn what_the_turn_writes_before_is_not_asked_before_the_loop() {
    let stale = |body: &str| {
        let text = format!("def get(names):\n    for thread in Thread.objects.all():\n{body}");
        let facts = found(&sources(&[
            ("chat/models.py", MODELS),
            ("chat/views.py", &format!("from .models import *\n\n{text}")),
        ]));
        facts
            .queries_in_loops
            .iter()
            .map(|it| {
                let remedy = it.remedy.known().map_or_else(String::new, |it| it.to_string());
                (*it.stale.known().unwrap(), remedy)
            })
            .collect::<Vec<_>>()
    };
    let made =
        "        Message.objects.create(thread=thread)\n        print(thread.messages.filter(text='').count())\n";
    assert_eq!(stale(made), [(true, String::new())]);
    let below = "        answer(thread)\n        print(thread.messages.filter(text='').count())\n\n\ndef answer(thread):\n    Message.objects.create(thread=thread)\n";
    assert_eq!(stale(below), [(true, String::new())]);
    let behind = "        print(Message.objects.filter(thread=thread).exists())\n        Message.objects.create(thread=thread)\n";
    assert_eq!(stale(behind), [(false, "filter(thread__in=...)".to_owned())]);
    let other = "        if thread.closed:\n            Message.objects.create(thread=thread)\n        else:\n            print(Message.objects.filter(thread=thread).exists())\n";
    assert_eq!(stale(other), [(false, "filter(thread__in=...)".to_owned())]);
    let tagged = "        thread.tags.add(names)\n        print(thread.tags.filter(label='').count())\n";
    assert_eq!(stale(tagged), [(true, String::new())]);
    let another = "        thread.tags.add(names)\n        print(Tag.objects.filter(label=thread.name).count())\n";
    assert!(!stale(another)[0].0);
}

#[test]
fn what_is_given_by_get_or_create_is_needed() {
    let write = |body: &str| of(&format!("def get():\n    for thread in Thread.objects.all():\n{body}"), "write");
    assert_eq!(
        write("        Tag.objects.get_or_create(pk=thread.pk)\n"),
        ["write get:Tag.objects.get_or_create: bulk_create(..., ignore_conflicts=True)"]
    );
    // Without a constraint over what it is looked for by, no row conflicts with another.
    assert_eq!(
        write("        Tag.objects.get_or_create(label=thread.name)\n"),
        ["write get:Tag.objects.get_or_create: filter(label__in=...), then bulk_create"]
    );
    assert_eq!(
        write("        tag, _ = Tag.objects.get_or_create(label=thread.name)\n        print(tag)\n"),
        ["write get:Tag.objects.get_or_create: filter(label__in=...), then bulk_create"]
    );
    assert_eq!(
        write("        _, created = Tag.objects.update_or_create(label=thread.name)\n        print(created)\n"),
        ["write get:Tag.objects.update_or_create: filter(label__in=...), then bulk_create and bulk_update"]
    );
}

#[test]
fn writes_of_many_rows_and_of_relations() {
    let write = |body: &str| {
        let lines = of(&format!("def get(tags):\n    for thread in Thread.objects.all():\n        {body}\n"), "write");
        lines.into_iter().map(|it| it.split_once(": ").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        write("thread.tags.set(tags)"),
        ["through.objects.filter(...).delete(), then through.objects.bulk_create(...)"]
    );
    assert_eq!(write("thread.tags.add(*tags)"), ["through.objects.bulk_create(...)"]);
    assert_eq!(write("thread.messages.add(tags)"), ["bulk_update"]);
    assert!(write("thread.messages.set(tags)").is_empty());
    assert_eq!(
        write("Message.objects.filter(thread=thread).update(text=thread.name)"),
        ["update(...=Case(When(...), ...))"]
    );
    assert_eq!(write("Message.objects.filter(pk=thread.last).update(text=thread.name)"), ["bulk_update"]);
    assert_eq!(write("thread.messages.filter(text='').update(text='-')"), ["filter(thread__in=..., ...).update(...)"]);
    assert_eq!(write("thread.messages.filter(text='').delete()"), ["filter(thread__in=..., ...).delete()"]);
    assert_eq!(
        write("Message.objects.filter(thread=thread, text='').delete()"),
        ["filter(thread__in=..., ...).delete()"]
    );
    assert_eq!(write("Message.objects.filter(pk__in=thread.old).delete()"), ["filter(pk__in=...).delete()"]);
    assert_eq!(
        write("Message.objects.filter(author=thread.starter, text=thread.name).delete()"),
        ["filter(Q(...) | Q(...)).delete()"]
    );
    assert!(write("thread.save()").is_empty());
    assert_eq!(write("thread.closed = True; thread.save()"), ["filter(pk__in=...).update(closed=...)"]);
    let since = "thread.closed = True; thread.since = timezone.now(); thread.save()";
    assert_eq!(write(since), ["filter(pk__in=...).update(closed=..., since=...)"]);
    for own in
        ["thread.name = thread.pk", "thread.name = made()", "thread.closed = True; check(thread)", "thread.rise()"]
    {
        assert_eq!(write(&format!("{own}; thread.save()")), ["bulk_update"], "{own}");
    }
    assert_eq!(write("close(thread); thread.save()"), ["bulk_update"]);
    let asked = "Message.objects.filter(thread=thread, text='').delete(); print(Message.objects.filter(author=thread.starter).exists())";
    assert!(write(asked).is_empty());
}

#[test]
fn counts_by_the_name_that_queries_have() {
    let count = |queryset: &str, call: &str| {
        let models = MODELS.replace(", related_name=\"messages\"", "");
        let text = format!(
            "from django.db.models import Count\nfrom .models import *\n\n\ndef get():\n    for thread in {queryset}:\n        print(thread.{call})\n"
        );
        told(&[("chat/models.py", &models), ("chat/views.py", &text)])
            .into_iter()
            .map(|it| it.split_once(": ").unwrap().1.to_owned())
            .collect::<Vec<_>>()
    };
    let all = "Thread.objects.all()";
    assert_eq!(count(all, "message_set.count()"), [r#"annotate(Count("message"))"#]);
    assert_eq!(count(all, "message_set.count() > 0"), ["annotate(Exists(...))"]);
    assert_eq!(count(all, "message_set.filter(text='').count()"), [r#"annotate(Count("message", filter=Q(...)))"#]);
    assert_eq!(
        count(all, "message_set.distinct('author').count()"),
        [r#"annotate(Count("message__author", distinct=True))"#]
    );
    assert_eq!(
        count(all, "message_set.filter(text__in=thread.words()).count()"),
        [r#"Prefetch("message_set", queryset=..., to_attr=...)"#]
    );
    assert_eq!(count("Thread.objects.annotate(n=Count('message'))", "message_set.count()"), ["thread.n"]);
    assert_eq!(count("Thread.objects.annotate(Count('tags'))", "tags.count()"), ["thread.tags__count"]);
}

#[test]
fn rows_that_are_streamed_in_each_turn() {
    let text = "def get():\n    for thread in Thread.objects.all():\n        for message in thread.messages.filter(text='').iterator():\n            print(message.pk)\n";
    assert_eq!(views(text), ["query get:thread.messages.filter.iterator: filter(thread__in=...).iterator()"]);
}

#[test]
fn no_list_for_all_that_some_turns_read() {
    let seldom = "def get(known):\n    for thread in Thread.objects.all():\n        if thread.pk not in known:\n            print(list(thread.tags.all()))\n";
    assert_eq!(views(seldom), [r#"lazy get:tags: prefetch_related("tags") (no fix)"#]);
    let goes_on = "def get(known):\n    for thread in Thread.objects.all():\n        if thread.pk in known:\n            continue\n        print(list(thread.tags.all()))\n";
    assert_eq!(views(goes_on), [r#"lazy get:tags: prefetch_related("tags") (no fix)"#]);
    let one = "def get(known):\n    for thread in Thread.objects.all():\n        if thread.pk not in known:\n            print(thread.room.name)\n";
    assert_eq!(views(one), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn rows_that_are_read_anew() {
    let text = "def get():\n    for thread in Thread.objects.all():\n        thread.refresh_from_db()\n        print(thread.room.name)\n";
    assert_eq!(views(text), ["lazy get:room: refresh_from_db(from_queryset=...) (no fix)"]);
    let before = "def get():\n    for thread in Thread.objects.all():\n        print(thread.room.name)\n        thread.refresh_from_db()\n";
    assert_eq!(views(before), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn clauses_that_django_would_refuse() {
    let streamed = "def get():\n    for thread in Thread.objects.iterator():\n        print(list(thread.tags.all()))\n";
    assert_eq!(views(streamed), [r#"lazy get:tags: prefetch_related("tags").iterator(chunk_size=...) (no fix)"#]);
    let only = "def get():\n    for thread in Thread.objects.only('id'):\n        print(thread.room.name)\n";
    assert_eq!(views(only), [r#"lazy get:room: only(..., "room").select_related("room") (no fix)"#]);
    let has = only.replace("'id'", "'id', 'room'");
    assert_eq!(views(&has), [r#"lazy get:room: select_related("room") (no fix)"#]);
}

#[test]
fn one_object_for_all_rows_is_not_joined_to_each() {
    let text =
        "def get(room):\n    for thread in Thread.objects.filter(room_id=room):\n        print(thread.room.name)\n";
    assert_eq!(views(text), [r#"lazy get:room: prefetch_related("room")"#]);
}

#[test]
fn keys_that_a_column_holds() {
    let models = "from django.db import models\n\n\nclass Language(models.Model):\n    code = models.CharField(max_length=9, unique=True)\n    name = models.CharField(max_length=9)\n\n\nclass Book(models.Model):\n    language = models.ForeignKey(Language, to_field=\"code\", on_delete=models.CASCADE)\n";
    let read = |what: &str| {
        let text =
            format!("from .models import Book\n\n\ndef get():\n    for book in Book.objects.all():\n        {what}\n");
        told(&[("shop/models.py", models), ("shop/views.py", &text)])
    };
    assert_eq!(read("print(book.language.code)"), ["lazy get:language: language_id"]);
    assert_eq!(read("print(book.language.pk)"), [r#"lazy get:language: select_related("language")"#]);
    assert_eq!(
        read("print(book.language.name, book.language.code)"),
        [r#"lazy get:language: select_related("language")"#]
    );
}

#[test]
fn what_hears_of_a_write() {
    let heard = |more: &str, body: &str| {
        let text =
            format!("from .models import *\n{more}\n\ndef get(tag):\n    for thread in Thread.objects.all():\n{body}");
        let facts = found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &text)]));
        facts.writes_in_loops.iter().map(|it| *it.signals.known().unwrap()).collect::<Vec<_>>()
    };
    let save = "        thread.closed = True\n        thread.save()\n";
    assert_eq!(heard("", save), [false]);
    assert_eq!(heard("SignalReceiver(post_save, Thread, print)\n", save), [true]);
    assert_eq!(heard("SignalReceiver(post_save, Room, print)\n", save), [false]);
    let add = "        thread.tags.add(tag)\n";
    assert_eq!(heard("", add), [false]);
    let receiver =
        "@receiver(m2m_changed, sender=Thread.tags.through)\ndef hear(sender, **kwargs):\n    print(sender)\n";
    assert_eq!(heard(receiver, add), [true]);
    assert_eq!(heard(&receiver.replace("tags", "others"), add), [false]);
    let within =
        "        with reversion.create_revision():\n            thread.closed = True\n            thread.save()\n";
    assert_eq!(heard("import reversion\n", within), [true]);
}

#[test]
fn a_base_that_classes_of_other_models_share() {
    let base = "from rest_framework import serializers, viewsets\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    name = serializers.CharField(source='room.name')\n\n    class Meta:\n        model = Thread\n        fields = ['name']\n\n\nclass Base(viewsets.ModelViewSet):\n    def get_queryset(self):\n        return self.model_class.objects.filter(closed=True)\n\n\nclass Threads(Base):\n    model_class = Thread\n    serializer_class = ThreadSerializer\n";
    assert_eq!(views(base), [r#"lazy Threads:room: select_related("room")"#]);
    let shared = format!("{base}\n\nclass Messages(Base):\n    model_class = Message\n");
    assert_eq!(views(&shared), [r#"lazy Threads:room: select_related("room") (no fix)"#]);
    let admin = |other: &str| {
        let text = format!(
            "from django.contrib import admin\nfrom .models import *\n\n\nclass Mixin:\n    def get_queryset(self, request):\n        return super().get_queryset(request).filter(closed=True)\n\n\n@admin.register(Thread)\nclass ThreadAdmin(Mixin, admin.ModelAdmin):\n    list_display = ['place']\n\n\n@admin.register({other})\nclass OtherAdmin(Mixin, admin.ModelAdmin):\n    list_display = ['pk']\n"
        );
        told(&[("chat/models.py", MODELS), ("chat/admin.py", &text)])
    };
    assert_eq!(admin("Tag"), [r#"lazy ThreadAdmin:room: select_related("room") (no fix)"#]);
}

#[test]
fn a_method_says_itself_what_to_load_with_what_its_row_leads_to() {
    let text = "def get(pk):\n    show(Room.objects.get(pk=pk))\n\n\ndef show(room):\n    for thread in room.threads.all():\n        print(thread.starter.email)\n";
    assert_eq!(views(text), [r#"lazy show:starter: select_related("starter") (no fix)"#]);
}

#[test]
fn what_a_prefetch_puts_on_instances_that_the_process_keeps_stays_there() {
    let models = "from django.db import models\nfrom evennia.utils.idmapper.models import SharedMemoryModel\n\n\nclass Mail(SharedMemoryModel):\n    title = models.CharField(max_length=9)\n\n\nclass Mark(models.Model):\n    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name=\"marks\")\n";
    let views = "from .models import Mail\n\n\ndef get():\n    return [mail.marks.filter(pk__gt=1).last() for mail in Mail.objects.all()]\n";
    let told = told(&[("mail/models.py", models), ("mail/views.py", views)]);
    assert_eq!(told, ["query get:mail.marks.filter.last: "]);
}

#[test]
fn what_is_prefetched_serves_a_test_of_it() {
    let told = |body: &str| views(&format!("def show(request):\n    for thread in Thread.objects.all():\n{body}"));
    let read = r#"lazy show:tags: prefetch_related("tags") (no fix)"#;
    let all = "        print([tag.label for tag in thread.tags.all()])\n";
    assert_eq!(told(&format!("        if thread.tags.exists():\n    {all}")), [read]);
    // What narrows it down is asked for all the same.
    let narrowed = told(&format!("        if thread.tags.filter(label='a').exists():\n    {all}"));
    assert_eq!(narrowed, [read, "query show:thread.tags.filter.exists: annotate(Exists(...))"]);
    let alone = told("        print(thread.tags.exists())\n");
    assert_eq!(alone, ["query show:thread.tags.exists: annotate(Exists(...))"]);
}

#[test]
fn a_loop_over_what_is_written_out_is_not_what_is_asked_for_at_once() {
    let of = |kinds: &str| {
        views(&format!(
            "def show(request):\n    for thread in Thread.objects.all():\n        for kind in {kinds}:\n            print(list(Message.objects.filter(thread=thread, text=kind)))\n"
        ))
    };
    let told = |remedy: &str| [format!("query show:Message.objects.filter: {remedy}")];
    assert_eq!(of("['front', 'back']"), told("filter(thread__in=..., ...)"));
    assert_eq!(of("request.GET.getlist('kind')"), told("filter(text__in=..., ...)"));
}

#[test]
fn what_is_counted_without_doubles_is_counted_so_for_all() {
    let told = |call: &str| {
        views(&format!("def show(request):\n    for thread in Thread.objects.all():\n        print(thread.{call})\n"))
            .concat()
    };
    let of = |call: &str| told(call).rsplit_once(": ").map(|it| it.1.to_owned()).unwrap_or_default();
    assert_eq!(of("tags.count()"), r#"annotate(Count("tags"))"#);
    assert_eq!(of("tags.distinct().count()"), r#"annotate(Count("tags", distinct=True))"#);
    assert_eq!(
        of("messages.values_list('author').distinct().count()"),
        r#"annotate(Count("messages__author", distinct=True))"#
    );
    assert_eq!(
        of("messages.filter(pk=1).distinct('author').count()"),
        r#"annotate(Count("messages__author", distinct=True, filter=Q(...)))"#
    );
}

#[test]
fn a_number_that_is_shown_is_no_truth() {
    let page = |body: &str| {
        let files = [
            ("chat/models.py", MODELS),
            ("chat/templates/chat/list.html", body),
            (
                "chat/views.py",
                "from django.shortcuts import render\nfrom .models import *\n\n\ndef show(request):\n    return render(request, 'chat/list.html', {'threads': Thread.objects.all()})\n",
            ),
        ];
        told(&files)
    };
    let within = |row: &str| page(&format!("{{% for thread in threads %}}{row}{{% endfor %}}\n"));
    let test = "{% if thread.tags.count %}some{% endif %}";
    assert_eq!(within(test), ["query template:thread.tags.count: annotate(Exists(...))"]);
    let shown = "{% if thread.tags.count %}{{ thread.tags.count }}{% endif %}";
    assert_eq!(within(shown), [r#"query template:thread.tags.count: annotate(Count("tags"))"#]);
}

#[test]
fn lists_that_are_counted_together_are_counted_without_doubles() {
    let told = |body: &str| {
        views(&format!("def show(request):\n    for thread in Thread.objects.all():\n{body}"))
            .iter()
            .map(|it| it.rsplit_once(": ").map_or("", |it| it.1).to_owned())
            .collect::<Vec<_>>()
    };
    let tags = "        print(thread.tags.count())\n";
    let messages = "        print(thread.messages.filter(author=1).count())\n";
    assert_eq!(told(tags), [r#"annotate(Count("tags"))"#]);
    assert_eq!(
        told(&format!("{tags}{messages}")),
        [r#"annotate(Count("tags", distinct=True))"#, r#"annotate(Count("messages", distinct=True, filter=Q(...)))"#]
    );
}

/// What is said of each query that a loop over all threads runs: what would ask for all, why it cannot be asked before, and
/// whether the turns make rows of what it asks for.
fn asked(head: &str, body: &str) -> Vec<String> {
    let text = format!("{head}\ndef get():\n    for thread in Thread.objects.all():\n{body}");
    let models = MODELS
        .replace("    thread = models.ForeignKey(", "    text = models.TextField()\n    thread = models.ForeignKey(");
    let views = format!("from .models import *\n\n{text}");
    let facts = found(&sources(&[("chat/models.py", &models), ("chat/views.py", &views)]));
    let said = |it: &crate::stack::vocabulary::QueryInLoop| {
        let barred = it.barred.known().map_or_else(String::new, |it| format!(" but {it}"));
        let grows = if it.grows.known() == Some(&true) { " and grows" } else { "" };
        format!("{}{barred}{grows}", it.remedy.known().unwrap())
    };
    facts.queries_in_loops.iter().map(said).collect()
}

#[test]
fn what_the_turn_is_told_elsewhere_is_not_known_before_the_loop() {
    let by =
        "        answer = requests.get(thread.name)\n        print(Message.objects.filter(text=answer.url).exists())\n";
    assert_eq!(
        asked("import requests\n", by),
        ["filter(text__in=...) but the turn asks by what `requests.get(...)` gives it"]
    );
    let besides = "        requests.get(thread.name)\n        print(Message.objects.filter(thread=thread).exists())\n";
    assert_eq!(asked("import requests\n", besides), ["filter(thread__in=...)"]);
    let deep = "        answer = requests.get(thread.name)\n        show(answer.json())\n\n\ndef show(text):\n    print(Message.objects.filter(text=text).exists())\n";
    assert_eq!(
        asked("import requests\n", deep),
        ["filter(text__in=...) but the turn asks by what `requests.get(...)` gives it"]
    );
    let locks = "        print(Message.objects.select_for_update().get(thread=thread))\n";
    assert_eq!(asked("", locks), ["filter(thread__in=...) but it locks the rows that it asks for"]);
}

#[test]
fn what_turns_make_is_kept_beside_what_is_asked_before() {
    let makes = "        if not Message.objects.filter(text=thread.name).exists():\n            Message.objects.create(text=thread.name)\n";
    assert_eq!(asked("", makes), ["filter(text__in=...) and grows"]);
    // Each turn has rows of its own.
    let own = "        if not Message.objects.filter(thread=thread).exists():\n            Message.objects.create(thread=thread)\n";
    assert_eq!(asked("", own), ["filter(thread__in=...)"]);
    let around = "        for name in ('a', thread.name):\n            print(Message.objects.filter(text=name).exists())\n        Message.objects.create(thread=thread)\n";
    assert!(asked("", around).iter().all(|it| it.ends_with("and grows")));
}

#[test]
fn of_patterns_there_is_no_list() {
    let by = |condition: &str| asked("", &format!("        print(Message.objects.filter({condition}).exists())\n"));
    assert_eq!(by("text__icontains=thread.name"), ["filter(Q(...) | Q(...))"]);
    assert_eq!(by("text__icontains=thread.name, thread=thread"), ["filter(thread__in=..., ...)"]);
    assert_eq!(by("text__gt=thread.name"), [""]);
    assert_eq!(by("text='x', thread=thread"), ["filter(thread__in=..., ...)"]);
}

#[test]
fn nothing_is_put_on_one_row_whose_relation_each_turn_asks() {
    let of = |text: &str| of(text, "query");
    assert_eq!(
        of("def get(pk):\n    room = Room.objects.get(pk=pk)\n    for user in User.objects.all():\n        for thread in room.threads.filter(starter=user):\n            print(thread)\n".replace("User.objects", "Tag.objects").as_str()),
        ["query get:room.threads.filter: filter(starter__in=...)"]
    );
}

#[test]
fn an_object_that_is_only_handed_on_as_a_key() {
    let lazy = |body: &str| of(&format!("def get():\n    for message in Message.objects.all():\n{body}"), "lazy");
    let keyed = ["lazy get:thread: thread_id"];
    assert_eq!(lazy("        print(Pin(thread=message.thread))\n"), keyed);
    assert_eq!(lazy("        print(Pin.objects.filter(thread=message.thread).exists())\n"), keyed);
    let both = "        Message.objects.create(thread=message.thread, author=message.author)\n";
    assert_eq!(lazy(both), ["lazy get:thread,author: thread_id`, `author_id"]);
    let read = "        pin = Pin(thread=message.thread)\n        print(pin.thread.closed)\n";
    assert_eq!(lazy(read), ["lazy get:thread: select_related(\"thread\")"]);
    let other = "        print(Room.objects.filter(owner=message.thread))\n";
    assert_eq!(lazy(other), ["lazy get:thread: select_related(\"thread\")"]);
    let text = "from .models import *\n\n\ndef get():\n    for message in Message.objects.all():\n        print(Pin(thread=message.thread))\n";
    let after = mended(&[("chat/models.py", MODELS), ("chat/views.py", text)], "chat/views.py");
    assert!(after.contains("Pin(thread_id=message.thread_id)"), "{after}");
}

#[test]
fn what_a_plain_prefetch_serves() {
    let with =
        |call: &str| views(&format!("def get():\n    return [thread.{call} for thread in Thread.objects.all()]\n"));
    assert_eq!(with("tags.all()[0]"), [r#"query get:thread.tags.all[0]: prefetch_related("tags")"#]);
    assert_eq!(with("tags.first()"), [r#"query get:thread.tags.first: prefetch_related("tags")"#]);
    let by_order = [r#"query get:thread.messages.first: Prefetch("messages", queryset=….order_by("pk"))"#];
    assert_eq!(with("messages.first()"), by_order);
    let cut = [r#"query get:thread.tags.filter[0]: Prefetch("tags", queryset=..., to_attr=...)"#];
    assert_eq!(with("tags.filter(label='a')[0]"), cut);
}

#[test]
fn what_an_inner_loop_puts_into_a_relation_of_one_row() {
    let text = "def get(names):\n    for thread in Thread.objects.all():\n        for name in names[thread.pk]:\n            tag = Tag.objects.get(label=name)\n            thread.tags.add(tag)\n";
    assert!(views(text).contains(&"write get:thread.tags.add: add(*rows)".to_owned()), "{:?}", views(text));
}

#[test]
fn what_is_nearest_to_each_is_asked_for_each() {
    let nearest =
        "        print(list(Message.objects.annotate(far=Distance('text', thread.name)).order_by('far')[:3]))\n";
    let barred = [" but it asks for the first rows by a value of the turn's own"];
    assert_eq!(asked("from pgvector.django import Distance\n", nearest), barred);
    let all = nearest.replace("[:3]", "");
    assert_eq!(asked("from pgvector.django import Distance\n", &all), [""]);
}
