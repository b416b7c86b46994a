//! What must not be told.

use super::*;

#[track_caller]
fn silent(text: &str) {
    assert_eq!(views(text), [""; 0], "{text}");
}

#[test]
fn what_is_loaded() {
    silent(
        "def get():\n    for thread in Thread.objects.select_related('room__owner'):\n        print(thread.room.name, thread.room.owner)\n",
    );
    silent(
        "def get():\n    for thread in Thread.objects.prefetch_related('messages__author', 'tags'):\n        print([m.author for m in thread.messages.all()], thread.tags.count(), len(thread.tags.all()))\n",
    );
    silent(
        "from django.db.models import Prefetch\n\ndef get():\n    messages = Message.objects.select_related('author')\n    for thread in Thread.objects.prefetch_related(Prefetch('messages', queryset=messages)):\n        print([m.author for m in thread.messages.all()])\n",
    );
    silent(
        "def get():\n    room = Room.objects.prefetch_related('threads__tags').get(pk=1)\n    return [list(thread.tags.all()) for thread in room.threads.all()]\n",
    );
}

#[test]
fn what_cannot_be_told() {
    silent(
        "FIELDS = load()\n\ndef get():\n    for thread in Thread.objects.select_related(*FIELDS):\n        print(thread.room)\n",
    );
    silent("def get():\n    for thread in Thread.objects.select_related():\n        print(thread.room)\n");
    silent("def get(threads):\n    for thread in threads:\n        print(thread.room.name)\n");
    silent("def get(threads: list[Thread]):\n    for thread in threads:\n        print(thread.room.name)\n");
    silent("def get():\n    for thread in client.Thread.objects.all():\n        print(thread.room.name)\n");
}

#[test]
fn what_a_caller_may_have_loaded() {
    silent(
        "ROOMS = Room.objects.prefetch_related('threads__starter')\n\n\ndef get(room: Room):\n    for thread in room.threads.all():\n        print(thread.starter.email)\n",
    );
    silent(
        "ROOMS = Room.objects.prefetch_related('threads__starter')\n\n\nclass Lobby(Room):\n    def starters(self):\n        return [thread.starter.email for thread in self.threads.all()]\n",
    );
}

#[test]
fn what_is_one_row() {
    silent(
        "def get(key):\n    for thread in Thread.objects.filter(pk=key):\n        print(thread.room.name, thread.messages.count())\n        thread.save()\n",
    );
}

#[test]
fn what_is_free() {
    silent(
        "def get():\n    for thread in Thread.objects.all():\n        print(thread.room_id, thread.pk, thread.closed)\n",
    );
    silent("def get():\n    for thread in Thread.objects.values('room__name'):\n        print(thread['room__name'])\n");
    silent(
        "def get():\n    for room in Room.objects.prefetch_related('threads'):\n        print([thread.room.name for thread in room.threads.all()])\n",
    );
    silent(
        "def get(room: Room):\n    for thread in room.threads.all():\n        print(thread.room.name, thread.room.owner.email)\n",
    );
    silent("def get():\n    for pin in Pin.objects.select_related('thread'):\n        print(pin.thread.pin)\n");
    silent("def get():\n    for thread in Thread.objects.filter(starter=None):\n        print(thread.starter)\n");
}

#[test]
fn what_runs_once() {
    silent("def get():\n    thread = Thread.objects.first()\n    print(thread.room.name, thread.messages.count())\n");
    silent(
        "def get(key):\n    for thread in Thread.objects.all():\n        if thread.pk == key:\n            return thread.room.name\n",
    );
    silent(
        "def get(key):\n    for thread in Thread.objects.all():\n        if thread.pk == key:\n            print(thread.room.name)\n            break\n",
    );
    silent("def get():\n    for thread in Thread.objects.all():\n        last = thread\n    return last.room.name\n");
}

#[test]
fn what_is_set_before() {
    silent(
        "def get(room):\n    for thread in Thread.objects.all():\n        thread.room = room\n        print(thread.room.name)\n",
    );
    silent(
        "from django.db.models import prefetch_related_objects\n\ndef get():\n    threads = list(Thread.objects.all())\n    prefetch_related_objects(threads, 'room')\n    for thread in threads:\n        print(thread.room.name)\n",
    );
    silent(
        "from django.db.models import prefetch_related_objects\n\ndef get(pk):\n    thread = Thread.objects.get(pk=pk)\n    prefetch_related_objects([thread], 'messages__author')\n    return [message.author.username for message in thread.messages.all()]\n",
    );
    silent(
        "from django.db.models import prefetch_related_objects\n\ndef get(pk):\n    thread = Thread.objects.filter(pk=pk).prefetch_related('messages')[0]\n    prefetch_related_objects([thread], *['messages__author'])\n    return [message.author.username for message in thread.messages.all()]\n",
    );
}

#[test]
fn what_a_property_sets() {
    let models = format!(
        "{MODELS}\n    @property\n    def told(self):\n        thread = self.thread\n        thread.starter = None\n        return thread\n"
    );
    let view = "from .models import *\n\ndef get():\n    return [pin.told.starter.email for pin in Pin.objects.select_related('thread')]\n";
    assert_eq!(told(&[("chat/models.py", &models), ("chat/views.py", view)]), [""; 0]);
}

#[test]
fn what_a_write_before_has_changed() {
    let told = views(
        "def get():\n    for message in Message.objects.all():\n        Thread.objects.filter(pk=message.thread_id).update(closed=True)\n        print(message.thread.closed)\n",
    );
    assert_eq!(told, ["write get:Thread.objects.filter.update: filter(pk__in=...).update(...)"]);
    let tasks = "from django.db import models\n\nclass Task(models.Model):\n    parent = models.ForeignKey('self', on_delete=models.CASCADE)\n\ndef get():\n    for task in Task.objects.all():\n        task.done = True\n        task.save()\n        print(task.parent.name)\n";
    let expected = [
        r#"lazy get:parent: select_related("parent") (no fix)"#,
        "write get:task.save: filter(pk__in=...).update(done=...)",
    ];
    assert_eq!(self::told(&[("jobs/models.py", tasks)]), expected);
}

#[test]
fn arms_for_other_kinds_of_rows() {
    silent(
        "def close(thing):\n    match thing:\n        case Thread():\n            print(thing.closed)\n        case Room():\n            thing.save()\n            print(Tag.objects.filter(label=thing.pk).first())\n\ndef get():\n    for thread in Thread.objects.all():\n        close(thread)\n",
    );
}

#[test]
fn queries_that_the_row_does_not_key() {
    silent("def get():\n    for thread in Thread.objects.all():\n        Room.objects.filter(name='lobby')\n");
    silent("def get():\n    for thread in Thread.objects.all():\n        Message.objects.filter(thread=thread)\n");
    silent("def get():\n    for name in ['a', 'b']:\n        Room.objects.get(name=name)\n");
    silent("def get(names):\n    for name in names:\n        Room.objects.get(name=name)\n");
    silent("def get():\n    for at in range(3):\n        Room.objects.create(name=str(at))\n");
    silent(
        "def get():\n    rooms = []\n    for thread in Thread.objects.all():\n        rooms.append(Room(name=thread.pk))\n    Room.objects.bulk_create(rooms)\n",
    );
}

#[test]
fn what_is_no_model() {
    silent(
        "class Form:\n    room = forms.CharField()\n\ndef get():\n    for form in Form.objects.all():\n        print(form.room.name)\n",
    );
    silent(
        "def get(bucket):\n    for thread in bucket.objects.filter(Prefix='a'):\n        print(thread.room.name, thread.delete())\n",
    );
}

#[test]
fn files_aside() {
    let view = "from chat.models import Thread\n\ndef get():\n    for thread in Thread.objects.all():\n        print(thread.room.name)\n";
    for path in ["chat/tests/test_views.py", "chat/migrations/0002_rooms.py", "conftest.py", "chat/tests.py"] {
        assert!(told(&[("chat/models.py", MODELS), (path, view)]).is_empty(), "{path}");
    }
    let facts = found(&sources(&[("chat/models.py", MODELS), ("chat/management/commands/show.py", view)]));
    assert_eq!(facts.lazy_loads[0].reach.known(), Some(&Reach::Commands));
}

#[test]
fn loads_of_the_manager_itself() {
    let models = "from django.db import models\n\nclass Room(models.Model):\n    pass\n\nclass ThreadManager(models.Manager):\n    def get_queryset(self):\n        return super().get_queryset().select_related('room')\n\nclass Thread(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n    objects = ThreadManager()\n\ndef get():\n    return [thread.room.pk for thread in Thread.objects.filter(pk=1)]\n";
    assert!(told(&[("chat/models.py", models)]).is_empty());
}

#[test]
fn code_without_end_has_an_end() {
    let mut lists = String::from("def get():\n    a = []\n");
    let mut chain = String::from("def get():\n    a = Thread.objects.first()\n");
    let mut rows = String::from("def get():\n    a = Thread.objects.first()\n");
    for _ in 0..8_000 {
        lists.push_str("    a = [enumerate(a)]\n");
        chain.push_str("    a = a.pin.thread\n");
        rows.push_str("    a = a.messages.all()[0].thread\n");
    }
    for text in [lists, chain, rows] {
        assert_eq!(views(&text), [""; 0]);
    }
    // Modules that import each other whole, and all of a name that none has.
    let star = |at: usize| {
        (0..12).map(|to| format!("from .m{to} import *\n")).collect::<String>() + &format!("models.x{at} = nobody\n")
    };
    let files: Vec<(String, String)> = (0..12).map(|at| (format!("a/m{at}.py"), star(at))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert_eq!(told(&files), [""; 0]);
}

#[test]
fn what_only_some_kinds_of_rows_read() {
    let models = "from django.db import models\n\nclass Space(models.Model):\n    slug = models.SlugField()\n\nclass File(models.Model):\n    kind = models.CharField(max_length=9)\n    space = models.ForeignKey(Space, on_delete=models.CASCADE)\n\n    @property\n    def url(self):\n        if self.kind == 'avatar':\n            return '/a'\n        if self.kind in ['page', 'note']:\n            return self.space.slug\n        return ''\n\n    @property\n    def name(self):\n        if self.space:\n            return self.space.slug\n";
    let code = "from .models import File\n\ndef f():\n    for file in File.objects.all():\n        print(file.url)\n\ndef g():\n    for file in File.objects.all():\n        print(file.name)\n\ndef h():\n    for file in File.objects.none():\n        print(file.name)\n";
    let expected = [r#"lazy g:space: select_related("space")"#];
    assert_eq!(told(&[("a/models.py", models), ("a/views.py", code)]), expected);
}

#[test]
fn what_the_queryset_has_brought() {
    let models = "from django.db import models\n\nclass Room(models.Model):\n    name = models.CharField(max_length=9)\n\n    @property\n    def likes(self):\n        n = getattr(self, 'n_likes', None)\n        if n is not None:\n            return n\n        return self.like_set.count()\n\n    def seen(self):\n        if hasattr(self, 'seen_likes'):\n            return self.seen_likes\n        else:\n            return self.like_set.filter(seen=True)[0]\n\n    def first(self):\n        if 'like_set' in getattr(self, '_prefetched_objects_cache', {}):\n            return list(self.like_set.all())\n        return list(self.like_set.select_related('room'))\n\nclass Like(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n";
    let told = |with: &str, call: &str| {
        let code = format!(
            "from django.db.models import Count, Prefetch\nfrom .models import *\n\ndef f():\n    for room in Room.objects.all(){with}:\n        print(room.{call})\n"
        );
        told(&[("a/models.py", models), ("a/views.py", &code)]).len()
    };
    assert_eq!((told("", "likes"), told(".annotate(n_likes=Count('like'))", "likes")), (1, 0));
    assert_eq!(told(".annotate(n_others=Count('like'))", "likes"), 1);
    assert_eq!(told(".prefetch_related(Prefetch('like_set', to_attr='other_likes'))", "likes"), 1);
    assert_eq!((told("", "first()"), told(".prefetch_related('like_set')", "first()")), (1, 0));
}

#[test]
fn what_extra_has_brought_to_a_property_that_is_set() {
    let models = "from django.db import models\n\nclass Room(models.Model):\n    _likes = None\n\n    @property\n    def likes(self):\n        if self._likes is None:\n            self._likes = self.like_set.count()\n        return self._likes\n\n    @likes.setter\n    def likes(self, value):\n        self._likes = value\n\nclass Like(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n";
    let told = |with: &str| {
        let code = format!(
            "from .models import *\n\ndef f():\n    for room in Room.objects.all(){with}:\n        print(room.likes)\n"
        );
        told(&[("a/models.py", models), ("a/views.py", &code)]).len()
    };
    assert_eq!((told(""), told(".extra(select={'others': 'SELECT 1'})")), (1, 1));
    assert_eq!(told(".extra(select={'likes': 'SELECT count(*) FROM a_like'})"), 0);
}

#[test]
fn what_a_table_says_of_itself_is_said_of_that_table() {
    let models = "from django.db import models\n\nclass Thing(models.Model):\n    parent = models.ForeignKey('self', null=True, on_delete=models.CASCADE)\n\nclass Project(Thing):\n    name = models.CharField(max_length=9)\n\nclass Host(Thing):\n    @property\n    def project(self):\n        return self.parent.project\n\nclass Named(models.Model):\n    above = models.ForeignKey('self', null=True, on_delete=models.CASCADE)\n\n    class Meta:\n        abstract = True\n\nclass Town(Named):\n    pass\n";
    let code = "from .models import *\n\ndef f():\n    for host in Host.objects.select_related('parent', 'parent__project'):\n        print(host.parent.project.name)\n\ndef g():\n    for town in Town.objects.select_related('above'):\n        print(town.above.above.pk)\n";
    let told = told(&[("a/models.py", models), ("a/views.py", code)]);
    assert_eq!(told, [r#"lazy g:above.above: select_related("above__above")"#]);
}

#[test]
fn batches_with_a_rest_between_them() {
    let text = |rest: &str| {
        views(&format!("import time\n\ndef close():\n    for room in Room.objects.all():\n        Thread.objects.filter(room=room).update(closed=True)\n        {rest}\n")).len()
    };
    assert_eq!((text("print(room.pk)"), text("time.sleep(1)")), (1, 0));
}

#[test]
fn a_short_slice_may_be_named() {
    let told = views(
        "def get(key):\n    most = 3\n    for thread in Thread.objects.filter(pk=key)[:most]:\n        pass\n    threads = Thread.objects.order_by('pk')[:most]\n    return [thread.room.name for thread in threads]\n",
    );
    assert_eq!(told, [r#"lazy get:room: select_related("room") (short)"#]);
}

#[test]
fn a_relation_asked_for_more_is_asked_anew() {
    let text = "def get():\n    for thread in Thread.objects.prefetch_related('messages'):\n        print(list(thread.messages.select_related('author')))\n";
    assert_eq!(views(text), [r#"query get:thread.messages: Prefetch("messages", queryset=...)"#]);
}

#[test]
fn what_does_not_run_in_each_turn() {
    // An answer that is kept is asked for once.
    silent(
        "ANSWERS = {}\n\ndef count(name):\n    if name not in ANSWERS:\n        ANSWERS[name] = Thread.objects.filter(room__name=name).count()\n    return ANSWERS[name]\n\ndef get():\n    return [count(room.name) for room in Room.objects.all()]\n",
    );
    silent(
        "ANSWERS = {}\n\ndef count(name):\n    if not name:\n        return 0\n    if name not in ANSWERS:\n        ANSWERS[name] = Thread.objects.filter(room__name=name).count()\n    return ANSWERS[name]\n\ndef get():\n    return [count(room.name) for room in Room.objects.all()]\n",
    );
    // An exception is not the rule.
    silent(
        "def get():\n    for room in Room.objects.all():\n        try:\n            check(room)\n        except KeyError:\n            room.delete()\n",
    );
    // Nobody asks for it.
    silent(
        "def told(room, deep=False):\n    if not (deep and room.name):\n        return room.name\n    return room.threads.count()\n\ndef get():\n    return [told(room) for room in Room.objects.all()]\n",
    );
    silent(
        "def told(room, deep=False):\n    if deep:\n        return room.threads.count()\n    return room.name\n\ndef get():\n    return [told(room, deep=False) for room in Room.objects.all()]\n",
    );
    // What is made where it is not there yet.
    let made = "def tag(room):\n    found = Tag.objects.filter(label=room.name).first()\n    if found is None:\n        Tag.objects.create(label=room.name)\n\ndef get():\n    for room in Room.objects.all():\n        tag(room)\n";
    let all = views(made);
    assert!(all.len() == 1 && all[0].contains("first"), "{all:?}");
    let asked = "def told(room, deep=False):\n    if not deep:\n        return room.name\n    return room.threads.count()\n\ndef get():\n    return [told(room, True) for room in Room.objects.all()]\n";
    assert_eq!(views(asked).len(), 1);
}

#[test]
fn what_nobody_asks_for_by_name() {
    let models = r#"
from django.db import models


class Room(models.Model):
    name = models.CharField(max_length=9)


class Thread(models.Model):
    room = models.ForeignKey(Room, on_delete=models.CASCADE)

    def serialize(self, with_room=False):
        if with_room:
            return self.room.name
        return self.pk


def one(thread, full=False, **more):
    return thread.serialize(**more) if not full else thread.room.name


def all_of(threads, **kwargs):
    return [one(thread, **kwargs) for thread in threads]


def answer(threads, given=None):
    return [thread.serialize(**(given if given else {})) for thread in threads]


def answer_anything(threads, given):
    return [thread.serialize(**given) for thread in threads]


def shown(thread):
    return thread.serialize(with_room=True)
"#;
    let told = |body: &str| {
        let view = format!("from .models import *\n\n\ndef get(request):\n    {body}\n");
        told(&[("hall/models.py", models), ("hall/views.py", &view)])
    };
    for body in [
        "return all_of(Thread.objects.order_by('pk'))",
        "return answer(Thread.objects.order_by('pk'))",
        "return answer(Thread.objects.order_by('pk'), {'deep': True})",
        "return answer_anything(Thread.objects.order_by('pk'), request.session.load())",
        "more = {'deep': True}\n    return answer_anything(Thread.objects.order_by('pk'), more)",
    ] {
        assert_eq!(told(body), [""; 0], "{body}");
    }
    let room = r#"lazy all_of:room: select_related("room")"#;
    assert_eq!(told("return all_of(Thread.objects.order_by('pk'), full=True)"), [room]);
    assert_eq!(told("return all_of(Thread.objects.order_by('pk'), with_room=True)"), [room]);
    let room = r#"lazy answer:room: select_related("room")"#;
    assert_eq!(told("return answer(Thread.objects.order_by('pk'), {'with_room': True})"), [room]);
    assert_eq!(
        told("given = {}\n    given['with_room'] = True\n    return answer(Thread.objects.order_by('pk'), given)"),
        [room]
    );
}

#[test]
fn what_is_kept() {
    let models = r#"
from django.core.cache import cache
from django.db import models
from functools import cached_property, lru_cache


class Room(models.Model):
    name = models.CharField(max_length=9)


class Thread(models.Model):
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    code = models.CharField(max_length=9)

    def neighbours(self):
        if not hasattr(self, "_neighbours"):
            self._neighbours = Room.objects.filter(name=self.code).first()
        return self._neighbours


@lru_cache
def by_code(code):
    return Room.objects.get(name=code)


def by_cache(code):
    found = cache.get(code)
    if found:
        return found
    found = Room.objects.get(name=code)
    cache.set(code, found)
    return found


def by_redis(code):
    if found := redis_store.get(code):
        return found
    found = Room.objects.get(name=code)
    redis_store.set(code, found, ex=60)
    return found


class Book:
    def __init__(self):
        self.known = {}

    def by_code(self, code):
        if code in self.known:
            room = self.known[code]
        else:
            room = Room.objects.get(name=code)
            self.known[code] = room
        return room

    def first(self, code):
        if not hasattr(self, "_first"):
            self._first = list(Room.objects.filter(name=code))
        return self._first

    def again(self, code):
        if self._again is None:
            self._again = Room.objects.get(name=code)
        return self._again

    @cached_property
    def all(self):
        return Room.objects.count()

    def owned(self):
        if self._owned is None:
            self._owned = [thread.room.name for thread in Thread.objects.all()]
        return self._owned
"#;
    let told = |body: &str| {
        let view = format!(
            "from .models import *\n\n\ndef get():\n    book = Book()\n    for thread in Thread.objects.order_by('pk'):\n        {body}\n"
        );
        told(&[("hall/models.py", models), ("hall/views.py", &view)])
    };
    let owned = r#"lazy Book.owned:room: select_related("room")"#;
    for body in [
        "by_code(thread.code)",
        "by_cache(thread.code)",
        "by_redis(thread.code)",
        "book.by_code(thread.code)",
        "book.first(thread.code)",
        "book.again(thread.code)",
        "print(book.all)",
    ] {
        assert_eq!(told(body), [owned], "{body}");
    }
    let more = |body: &str| told(body).into_iter().filter(|it| it != owned).collect::<Vec<_>>();
    assert_eq!(more("thread.neighbours()").len(), 1);
    assert_eq!(more("Book().first(thread.code)").len(), 1);
}

#[test]
fn what_an_annotation_has_brought_under_its_default_name() {
    let models = "from django.db import models\n\nclass Room(models.Model):\n    name = models.CharField(max_length=9)\n\n    def n(self):\n        if hasattr(self, 'like__count'):\n            return self.like__count\n        return self.like_set.count()\n\nclass Like(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n";
    let told = |chain: &str| {
        let view = format!(
            "from django.db.models import Count\nfrom .models import *\n\ndef get():\n    return [room.n() for room in Room.objects.{chain}]\n"
        );
        told(&[("hall/models.py", models), ("hall/views.py", &view)])
    };
    assert_eq!(told("annotate(Count('like'))"), [""; 0]);
    assert_eq!(told("order_by('name')").len(), 1);
}

#[test]
fn rows_of_a_class_that_a_variable_knows() {
    let models = r#"
from django.db import models


class User(models.Model):
    name = models.CharField(max_length=9)


class Member(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    seen = models.BooleanField()


def shown(user, node):
    member = None
    if isinstance(user, Member):
        member = user
        user = member.user
    if not member:
        try:
            member = node.members.get(user=user)
        except Member.DoesNotExist:
            member = None
    is_member = isinstance(member, Member)
    return member.seen if is_member else Member.objects.filter(user=user, seen=True).exists()
"#;
    let told = |rows: &str| {
        let view =
            format!("from .models import *\n\n\ndef get(node):\n    return [shown(it, node) for it in {rows}]\n");
        told(&[("hall/models.py", models), ("hall/views.py", &view)])
    };
    assert_eq!(told("Member.objects.select_related('user')"), [""; 0]);
    assert_eq!(told("User.objects.order_by('name')").len(), 1);
}

#[test]
fn what_a_model_reads_as_soon_as_it_is_made() {
    let models = "from django.db import models\n\nclass Room(models.Model):\n    name = models.CharField(max_length=9)\n\nclass Thread(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n\n    def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n        self.was = self.room.name\n\ndef get():\n    return [thread.room.name for thread in Thread.objects.all()]\n";
    assert_eq!(told(&[("hall/models.py", models)]), [""; 0]);
}

#[test]
fn serializers_that_only_take_data() {
    let text = |after: &str| {
        format!(
            "from rest_framework import serializers\n\nclass RoomSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Room\n        fields = ['name']\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    room = RoomSerializer(read_only=True)\n    class Meta:\n        model = Thread\n        fields = ['id', 'room']\n\ndef put(rows):\n    for thread in Thread.objects.order_by('pk'):\n        serializer = ThreadSerializer(thread, data=rows, partial=True)\n        serializer.is_valid(raise_exception=True)\n        serializer.validated_data['by'] = None\n        serializer.save()\n{after}"
        )
    };
    assert_eq!(views(&text("")), ["write put:serializer.save: bulk_update"]);
    assert_eq!(
        views(&text("        print(serializer.data)\n")),
        [r#"lazy put:room: select_related("room")"#, "write put:serializer.save: bulk_update"]
    );
}

#[test]
fn rows_by_a_few_keys_are_few() {
    let told = |condition: &str| {
        views(&format!(
            "def get(keys):\n    for thread in Thread.objects.filter({condition}):\n        print(thread.room.name)\n"
        ))
    };
    let room = r#"lazy get:room: select_related("room")"#;
    assert_eq!(told("pk__in=[1, 2, 3]"), [format!("{room} (short)")]);
    assert_eq!(told("pk__in=keys"), [room]);
    assert_eq!(told("closed__in=[True, False]"), [room]);
}

#[test]
fn a_page_that_a_method_chooses_is_not_that_of_the_default_name() {
    let page = "{% for thread in thread_list %}{{ thread.room.name }}{% endfor %}\n";
    let told = |more: &str| {
        let view = format!(
            "from django.views.generic import ListView\nfrom .models import Thread\n\n\nclass Threads(ListView):\n    model = Thread\n{more}"
        );
        told(&[("chat/models.py", MODELS), ("chat/templates/chat/thread_list.html", page), ("chat/views.py", &view)])
    };
    assert_eq!(told("").len(), 1);
    assert_eq!(told("\n    def get_template_names(self):\n        return [\"chat/short.html\"]\n"), [""; 0]);
}

#[test]
fn a_filter_with_code_of_its_own_says_what_a_view_lists() {
    let page = "{% for thread in object_list %}{{ thread.room.name }}{% endfor %}\n";
    let told = |more: &str| {
        let view = format!(
            "import django_filters\nfrom django_filters.views import FilterView\nfrom .models import Thread\n\n\nclass ThreadFilter(django_filters.FilterSet):\n    class Meta:\n        model = Thread\n        fields = ['closed']\n{more}\n\nclass Threads(FilterView):\n    model = Thread\n    filterset_class = ThreadFilter\n    template_name = 'threads.html'\n"
        );
        told(&[("chat/models.py", MODELS), ("chat/templates/threads.html", page), ("chat/views.py", &view)])
    };
    assert_eq!(told("").len(), 1);
    let own = "\n    @property\n    def qs(self):\n        return super().qs.select_related('room')\n";
    assert_eq!(told(own), [""; 0]);
}

#[test]
fn a_dict_of_a_package_says_which_serializer_lists() {
    let view = |more: &str| {
        format!(
            "from rest_framework import serializers, viewsets\nfrom restlib.mixins import ActionsMixin\nfrom .models import Thread\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    room = serializers.StringRelatedField()\n\n    class Meta:\n        model = Thread\n        fields = ['room']\n\n\nclass BriefSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Thread\n        fields = ['id']\n\n\nclass Threads(ActionsMixin, viewsets.ModelViewSet):\n    queryset = Thread.objects.all()\n    serializer_class = ThreadSerializer\n{more}"
        )
    };
    let told = |more: &str| told(&[("chat/models.py", MODELS), ("chat/views.py", &view(more))]);
    assert_eq!(told("").len(), 1);
    assert_eq!(told("    serializer_action_classes = {'list': BriefSerializer}\n"), [""; 0]);
}

#[test]
fn a_row_that_was_made_just_now_has_no_rows_of_its_own() {
    let body = |made: &str, between: &str| {
        views(&format!(
            "def copy(request, room):\n    thread = {made}\n    {between}\n    for message in Message.objects.filter(thread=thread):\n        print(message.author.email)\n"
        ))
    };
    let told = [r#"lazy copy:author: select_related("author")"#];
    for made in ["Thread.objects.create(room=room)", "Thread(room=room)"] {
        for between in ["pass", "thread.closed = True; thread.save()", "print(thread.closed)"] {
            assert!(body(made, between).is_empty(), "{made}; {between}");
        }
        // Whoever gets it, or its key, may make some.
        for between in [
            "fill(thread)",
            "Message(thread=thread).save()",
            "fill(thread.pk)",
            "thread.messages.create()",
            "thread.fill()",
        ] {
            assert_eq!(body(made, between), told, "{made}; {between}");
        }
    }
    // It may get some.
    let given = views(
        "def copy(request, room):\n    thread = Thread.objects.create(room=room)\n    for tag in Tag.objects.all():\n        thread.tags.add(tag)\n",
    );
    assert_eq!(given, ["write copy:thread.tags.add: add(*rows)"]);
    assert_eq!(body("Thread.objects.get(room=room)", "pass"), told);
    assert_eq!(body("Thread.objects.get_or_create(room=room)[0]", "pass"), told);
}

#[test]
fn what_a_decorator_commits_expires_what_was_loaded() {
    let models = "from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship\n\n\nclass Base(DeclarativeBase):\n    pass\n\n\nclass Room(Base):\n    __tablename__ = \"rooms\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n\n\nclass Thread(Base):\n    __tablename__ = \"threads\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    room_id: Mapped[int] = mapped_column(ForeignKey(\"rooms.id\"))\n    room: Mapped[Room] = relationship()\n";
    let dao = "from functools import wraps\nfrom .models import session\n\n\ndef done(func):\n    @wraps(func)\n    def run(*args):\n        result = func(*args)\n        session.commit()\n        return result\n    return run\n";
    let told = |decorator: &str| {
        let code = format!(
            "from sqlalchemy import select\nfrom .dao import done\nfrom .models import Thread\n\n\n{decorator}def close(thread):\n    print(thread.room.id)\n\n\ndef show(session):\n    for thread in session.scalars(select(Thread)):\n        close(thread)\n"
        );
        told(&[("chat/models.py", models), ("chat/dao.py", dao), ("chat/views.py", &code)])
    };
    assert_eq!(told("").len(), 1);
    assert_eq!(told("@done\n"), ["write show:session.commit: one commit after the loop (commits)"]);
}

#[test]
fn an_update_whose_number_each_turn_has_to_hear() {
    let told = |then: &str| {
        views(&format!(
            "def close(request):\n    for thread in Thread.objects.all():\n        done = Thread.objects.filter(pk=thread.pk, closed=False).update(room=thread.room_id)\n{then}"
        ))
    };
    assert!(told("        if not done:\n            continue\n").is_empty());
    assert_eq!(told(""), ["write close:Thread.objects.filter.update: bulk_update"]);
}

#[test]
fn what_a_setter_does_is_not_done_by_who_reads() {
    let models = MODELS.replace(
        "class Thread(models.Model):\n",
        "class Thread(models.Model):\n    @property\n    def spot(self):\n        return self.pk\n\n    @spot.setter\n    def spot(self, value):\n        self.tags.clear()\n\n",
    );
    assert_ne!(models, MODELS);
    let code = "from .models import *\n\n\ndef show(request):\n    return [it.spot for it in Thread.objects.all()]\n";
    assert_eq!(told(&[("chat/models.py", &models), ("chat/views.py", code)]), [""; 0]);
}
