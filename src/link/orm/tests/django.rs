use super::*;

#[test]
fn a_foreign_key_in_a_loop() {
    let text =
        "def get(request):\n    for thread in Thread.objects.filter(closed=False):\n        print(thread.room.name)\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn comprehensions_and_generators() {
    let text = "def get():\n    return sum(len(thread.room.name) for thread in Thread.objects.all())\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
    let text = "def get():\n    threads = Thread.objects.all()\n    return {thread.id: thread.room.name for thread in threads}\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn wrapped_iterables() {
    for iter in ["enumerate(Thread.objects.all())", "enumerate(list(Thread.objects.all()))"] {
        let text = format!("def get():\n    for at, thread in {iter}:\n        print(thread.room.name)\n");
        assert_eq!(views(&text), [r#"lazy get:room: select_related("room")"#], "{iter}");
    }
    for iter in
        ["sorted(Thread.objects.all(), key=len)", "reversed(list(Thread.objects.all()))", "Thread.objects.iterator()"]
    {
        let text = format!("def get():\n    for thread in {iter}:\n        print(thread.room.name)\n");
        assert_eq!(views(&text), [r#"lazy get:room: select_related("room")"#], "{iter}");
    }
}

#[test]
fn a_sort_key_reads_each_row() {
    let text = "def get():\n    return sorted(Thread.objects.all(), key=lambda thread: thread.room.name)\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn paths_of_two_relations_are_one() {
    let text =
        "def get():\n    for thread in Thread.objects.all():\n        print(thread.room, thread.room.owner.email)\n";
    assert_eq!(views(text), [r#"lazy get:room.owner: select_related("room__owner")"#]);
}

#[test]
fn an_eager_clause_may_be_incomplete() {
    let text = "def get():\n    for thread in Thread.objects.select_related('room'):\n        print(thread.room.owner, thread.starter)\n";
    let expected = [r#"lazy get:room.owner,starter: select_related("room__owner", "starter")"#];
    assert_eq!(views(text), expected);
}

#[test]
fn lists_are_prefetched() {
    let text = "def get():\n    for thread in Thread.objects.all():\n        for tag in thread.tags.all():\n            print(tag.label)\n        print([m.author.email for m in thread.messages.all()], thread.pin.id)\n";
    let expected =
        [r#"lazy get:tags,messages.author,pin: select_related("pin").prefetch_related("tags", "messages__author")"#];
    assert_eq!(views(text), expected);
}

#[test]
fn a_list_behind_a_write_must_be_fresh() {
    let text = "def drop():\n    for message in Message.objects.all():\n        thread = message.thread\n        message.delete()\n        if not thread.messages.all():\n            thread.delete()\n";
    assert!(!views(text).iter().any(|it| it.contains("prefetch_related")), "{:?}", views(text));
    let before = "def drop():\n    for thread in Thread.objects.all():\n        print(list(thread.tags.all()))\n        thread.delete()\n";
    assert!(views(before).iter().any(|it| it.contains("prefetch_related")), "{:?}", views(before));
    // A write to something else leaves the list as it was.
    let other = text.replace("thread.messages", "thread.tags");
    assert!(views(&other).iter().any(|it| it.contains("thread__tags")), "{:?}", views(&other));
}

#[test]
fn a_prefetch_is_defeated_by_a_filter() {
    let text = "def get():\n    for thread in Thread.objects.prefetch_related('messages'):\n        print(thread.messages.filter(author=None).first(), thread.messages.count(), list(thread.messages.all()))\n";
    assert_eq!(views(text), [r#"query get:thread.messages.filter.first: messages.all()"#]);
}

#[test]
fn first_of_a_prefetched_relation_is_free_only_with_an_order() {
    let text = "def get():\n    for thread in Thread.objects.prefetch_related('messages', 'tags'):\n        print(thread.messages.first(), thread.tags.first())\n";
    assert_eq!(views(text), [r#"query get:thread.messages.first: Prefetch("messages", queryset=….order_by("pk"))"#]);
}

#[test]
fn counts_per_row() {
    let text = "def get():\n    for thread in Thread.objects.all():\n        print(thread.messages.count(), thread.tags.exists())\n";
    let expected = [
        r#"query get:thread.messages.count: annotate(Count("messages"))"#,
        "query get:thread.tags.exists: annotate(Exists(...))",
    ];
    assert_eq!(views(text), expected);
}

#[test]
fn properties_and_methods_of_the_row() {
    let text = "def get():\n    for thread in Thread.objects.open():\n        print(thread.place, thread.labels())\n";
    assert_eq!(views(text), [r#"lazy get:room,tags: select_related("room").prefetch_related("tags")"#]);
}

#[test]
fn functions_that_get_the_row() {
    let text = "def line(thread, sep):\n    return name(thread) + sep\n\ndef name(it):\n    return it.room.name\n\ndef get():\n    return [line(thread, ',') for thread in Thread.objects.all()]\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn querysets_that_come_from_methods_and_functions() {
    let text = "def threads():\n    return Thread.objects.filter(closed=True)\n\ndef get():\n    return [thread.room.name for thread in threads()]\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
    let text = "class View:\n    queryset = Thread.objects.all()\n\n    def get(self):\n        return [thread.room.name for thread in self.get_queryset()]\n";
    assert_eq!(views(text), [r#"lazy View.get:room: select_related("room")"#]);
    let text = "def get():\n    return [thread.room.name for thread in Thread.objects.with_room().open()]\n";
    assert!(views(text).is_empty());
}

#[test]
fn rows_of_a_row() {
    let text = "def get():\n    room = Room.objects.first()\n    return [thread.starter.email for thread in room.threads.all()]\n";
    assert_eq!(views(text), [r#"lazy get:starter: select_related("starter")"#]);
    let text = "def get(request):\n    return [room.threads.count() for room in request.user.rooms.all()]\n";
    assert_eq!(views(text), [r#"query get:room.threads.count: annotate(Count("threads"))"#]);
}

#[test]
fn branches_are_joined() {
    let text = "def get(closed):\n    threads = Thread.objects.all()\n    if closed:\n        threads = threads.filter(closed=True)\n    for thread in threads:\n        print(thread.room.name)\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room")"#]);
}

#[test]
fn queries_keyed_by_the_row() {
    let text = "def get():\n    for thread in Thread.objects.all():\n        first = Message.objects.filter(thread=thread).order_by('id').first()\n        room = Room.objects.get(pk=thread.room_id)\n";
    let expected = [
        "query get:Message.objects.filter.order_by.first: filter(thread__in=...)",
        "query get:Room.objects.get: filter(pk__in=...)",
    ];
    assert_eq!(views(text), expected);
}

#[test]
fn what_a_client_sends_and_what_a_file_holds_has_no_end() {
    let sure = |head: &str, loops: &str| {
        let text = format!(
            "{head}\n\ndef post(request, rows):\n    for {loops}:\n        Thread.objects.create(closed=True)\n"
        );
        let files = [("chat/models.py", MODELS), ("chat/views.py", &*format!("from .models import *\n{text}"))];
        let facts = found(&sources(&files));
        facts.writes_in_loops.iter().any(|it| is_sure(&it.over))
    };
    assert!(sure("", "at, row in enumerate(request.data['rows'])"));
    assert!(sure("", "at in range(int(request.data['many']))"));
    assert!(sure("import csv", "row in csv.DictReader(rows)"));
    assert!(sure("from csv import reader", "at, row in enumerate(reader(rows), start=1)"));
    assert!(!sure("", "at in range(3)"));
    assert!(!sure("", "row in rows"));
}

#[test]
fn what_a_client_sent() {
    let text = "def post(request):\n    for pk in request.data['ids']:\n        Thread.objects.get(pk=pk)\n";
    assert_eq!(views(text), ["query post:Thread.objects.get: filter(pk__in=...)"]);
}

#[test]
fn writes() {
    let text = "def close(request):\n    for thread in Thread.objects.all():\n        thread.closed = True\n        thread.save()\n        Message.objects.create(thread=thread, author=request.user)\n        pin = Pin(thread=thread)\n        pin.save()\n";
    let expected = [
        "write close:thread.save: bulk_update",
        "write close:Message.objects.create: bulk_create",
        "write close:pin.save: bulk_create",
    ];
    assert_eq!(views(text), expected);
}

#[test]
fn a_slice_of_a_few_is_short() {
    let text = "def get():\n    for thread in Thread.objects.order_by('-id')[:5]:\n        print(thread.room.name)\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room") (short)"#]);
}

#[test]
fn models_in_other_folders() {
    let models = "from django.db import models\n\nclass City(models.Model):\n    pass\n\nclass Base(models.Model):\n    city = models.ForeignKey('places.City', on_delete=models.CASCADE, related_name='%(class)s_in')\n\n    class Meta:\n        abstract = True\n";
    let shop = "from django.db import models\nfrom places.models import Base\n\nclass Shop(Base):\n    pass\n";
    let view = "from places.models import City\nfrom .models import Shop\n\ndef get():\n    print([shop.city for shop in Shop.objects.all()])\n    return [list(city.shop_in.all()) for city in City.objects.all()]\n";
    let files = [
        ("backend/places/models/__init__.py", "from .city import *\nfrom .city import Base, City\n"),
        ("backend/places/models/city.py", models),
        ("backend/shops/models.py", shop),
        ("backend/shops/views.py", view),
    ];
    let files = files.map(|(path, text)| {
        (path, if path.ends_with("__init__.py") { "# models.\nfrom .city import *\n" } else { text })
    });
    let expected = [r#"lazy get:city: select_related("city")"#, r#"lazy get:shop_in: prefetch_related("shop_in")"#];
    assert_eq!(told(&files), expected);
}

#[test]
fn the_origin_names_every_place() {
    let view = "from .models import Thread\n\ndef get():\n    for thread in Thread.objects.all():\n        print(thread.room.name)\n";
    let sources = sources(&[("chat/models.py", MODELS), ("chat/views.py", view)]);
    let facts = found(&sources);
    let it = &facts.lazy_loads[0];
    let text = |fact: &Fact<Box<str>>| {
        let span: Span = fact.span().unwrap();
        sources.file(span.file).slice(span).to_owned()
    };
    assert_eq!(&*it.about.name, "chat.views.get");
    assert_eq!(it.about.anchor.to_string(), "chat/views.py#get:room");
    assert_eq!(text(&it.read), "thread.room");
    assert_eq!(text(&it.model), "Thread.objects");
    assert_eq!(text(&it.over), "for thread in Thread.objects.all()");
    assert!(text(&it.relation).starts_with("room = models.ForeignKey(Room"));
    assert_eq!(it.relation.known().map(|it| &**it), Some("Thread.room"));
}

#[test]
fn a_model_that_does_more_when_it_is_saved() {
    let models = "from django.db import models\nfrom vendor import Page\n\nclass File(models.Model):\n    def delete(self):\n        self.blob.delete()\n        super().delete()\n\nclass Story(Page):\n    pass\n";
    let code = "from .models import File, Story\n\ndef clean():\n    for file in File.objects.filter(old=True):\n        file.delete()\n    for file in File.objects.all():\n        file.old = True\n        file.save()\n    for story in Story.objects.all():\n        story.old = True\n        story.save()\n";
    let facts = found(&sources(&[("a/models.py", models), ("a/jobs.py", code)]));
    let own: Vec<Option<bool>> = facts.writes_in_loops.iter().map(|it| it.own.known().copied()).collect();
    // What a base that is not here does when it saves, nobody knows.
    assert_eq!(own, [Some(false), None]);
}

#[test]
fn many_rows_between() {
    let told = views(
        "def f(user, tags):\n    for tag in Tag.objects.all():\n        thread.tags.add(tag)\n\ndef g(thread: Thread):\n    for tag in Tag.objects.all():\n        thread.tags.add(tag)\n\ndef h(tag):\n    for thread in Thread.objects.all():\n        thread.tags.remove(tag)\n    for thread in Thread.objects.all():\n        Pin.objects.get_or_create(thread=thread)\n",
    );
    let expected = [
        "write g:thread.tags.add: add(*rows)",
        "write h:thread.tags.remove: through.objects.filter(...).delete()",
        "write h:Pin.objects.get_or_create: bulk_create(..., ignore_conflicts=True)",
    ];
    assert_eq!(told, expected);
}

#[test]
fn rows_that_were_made_together_are_a_list() {
    let told = views(
        "def get():\n    made = Thread.objects.bulk_create([Thread(room=it) for it in Room.objects.all()])\n    for thread in made:\n        thread.tags.set([1])\n",
    );
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("write get:thread.tags.set:"), "{told:?}");
}

#[test]
fn an_update_to_the_same_for_all_takes_their_keys() {
    let told = views(
        "def get():\n    for thread in Thread.objects.all():\n        Pin.objects.filter(thread=thread).update(kind='old')\n    for thread in Thread.objects.all():\n        Message.objects.filter(thread=thread).update(author=thread.starter_id)\n",
    );
    let expected = [
        "write get:Pin.objects.filter.update: filter(thread__in=...).update(...)",
        "write get:Message.objects.filter.update: update(...=Case(When(...), ...))",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_is_asked_of_one_row_in_a_loop_is_asked_by_its_conditions() {
    let text = "def get(pk, request):\n    thread = Thread.objects.get(pk=pk)\n    for tag in Tag.objects.all():\n        found = thread.messages.filter(author=tag.pk)\n        if found.exists():\n            print(found.first())\n";
    // Of one queryset, both are one thing.
    assert_eq!(views(text), ["query get:found.exists,found.first: filter(author__in=...)"]);
}

#[test]
fn a_queryset_that_is_given_is_said_by_what_made_it() {
    let text = "def show(objects):\n    return [it.pk for it in objects]\n\n\ndef get():\n    return [show(Message.objects.filter(thread=thread)) for thread in Thread.objects.all()]\n";
    assert_eq!(views(text), ["query get:Message.objects.filter: "]);
}

#[test]
fn what_is_deleted_together_is_what_each_turn_deletes() {
    let by = |chain: &str| {
        views(&format!(
            "def drop(kept):\n    for thread in Thread.objects.all():\n        Message.objects.{chain}.delete()\n"
        ))
    };
    assert_eq!(
        by("filter(thread=thread)"),
        ["write drop:Message.objects.filter.delete: filter(thread__in=...).delete()"]
    );
    let others = ["filter(thread=thread).exclude(pk__in=kept)", "filter(thread=thread, author=1)"];
    for chain in others {
        assert!(by(chain)[0].ends_with(": filter(thread__in=..., ...).delete()"), "{:?}", by(chain));
    }
}

#[test]
fn a_queryset_s_method_narrows_itself_in_a_branch() {
    let models = MODELS.replace(
        "    def open(self):\n        return self.filter(closed=False)\n",
        "    def open(self, room=None):\n        rows = self\n        if room:\n            rows = rows.filter(pk__gt=room)\n        return rows\n",
    );
    let shown = |rows: &str| {
        let text = format!("from .models import *\n\ndef shown(room):\n    return [it.room.name for it in {rows}]\n");
        told(&[("chat/models.py", &models), ("chat/views.py", &text)])
    };
    assert_eq!(shown("Thread.objects.open(room)"), [r#"lazy shown:room: select_related("room")"#]);
    assert!(shown("Thread.objects.with_room().open(room)").is_empty());
    assert!(shown("Thread.objects.open(room).with_room()").is_empty());
}
