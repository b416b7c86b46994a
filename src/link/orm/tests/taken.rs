//! Branches that are not taken: by what a class is, by what a call passes, by what all rows of a queryset have.

use super::*;

const BY_KIND: &str = r#"
from django.db import models


class Person(models.Model):
    name = models.CharField(max_length=80)


class Holder(models.Model):
    kind = "none"
    people = models.ManyToManyField(Person)

    class Meta:
        abstract = True

    def check(self):
        if self.kind == "node" and self.people.filter(name="a").exists():
            raise ValueError

    def check_all(self):
        if self.kind in ("node", "draft"):
            self.people.filter(name="b").exists()


class Node(Holder):
    kind = "node"


class Draft(Holder):
    kind = "draft"
"#;

#[test]
fn what_the_class_binds_once_is_known_of_its_rows() {
    let of = |model: &str, call: &str| {
        let view = format!(
            "from .models import *\n\n\ndef go():\n    for it in {model}.objects.all():\n        it.{call}()\n"
        );
        let all = told(&[("hall/models.py", BY_KIND), ("hall/views.py", &view)]);
        all.iter().filter(|it| it.starts_with("query go:")).count()
    };
    assert_eq!((of("Node", "check"), of("Draft", "check")), (1, 0));
    assert_eq!((of("Node", "check_all"), of("Draft", "check_all")), (1, 1));
    // What code puts there may be anything.
    let put = format!("{BY_KIND}\n    def turn(self):\n        self.kind = 'node'\n");
    let view = "from .models import *\n\n\ndef go():\n    for it in Draft.objects.all():\n        it.check()\n";
    assert_eq!(told(&[("hall/models.py", &put), ("hall/views.py", view)]).len(), 1);
}

#[test]
fn an_argument_that_is_passed_is_given() {
    let of = |call: &str| {
        views(&format!(
            "def drop(thread, tag=None, rooms=None):\n    if tag is not None:\n        print(tag)\n    else:\n        Message.objects.filter(thread=thread).count()\n\ndef keep(thread, tag=None):\n    if tag is not None:\n        thread.tags.count()\n\ndef fill(thread, tag=None, rooms=None):\n    if not rooms:\n        Room.objects.get(pk=thread.pk)\n\ndef all_of(tag, other=None):\n    for thread in Thread.objects.all():\n        {call}\n"
        ))
    };
    let has = |call: &str, what: &str| of(call).iter().any(|it| it.contains(what));
    let (other, given, rooms) = ("Message.objects", "thread.tags.count", "Room.objects");
    assert_eq!(
        (has("drop(thread)", other), has("keep(thread)", given), has("fill(thread)", rooms)),
        (true, false, true)
    );
    assert_eq!((has("drop(thread, tag)", other), has("keep(thread, tag)", given)), (false, true));
    assert_eq!((has("fill(thread, tag, rooms=tag)", rooms), has("drop(thread, tag=tag)", other)), (false, false));
    // What may itself not be given, what may be nothing, what may be empty.
    assert_eq!((has("drop(thread, other)", other), has("drop(thread, tag.first())", other)), (true, true));
    assert!(has("fill(thread, rooms=[it for it in tag])", rooms));
}

#[test]
fn a_row_is_no_text() {
    let models = format!(
        "{MODELS}\nfrom django.contrib.contenttypes.fields import GenericForeignKey\n\n\nclass Mark(models.Model):\n    object_id = models.IntegerField()\n    about = GenericForeignKey()\n\n\ndef thread_of(it):\n    if isinstance(it, Thread):\n        return it\n    if isinstance(it, (str, int)):\n        return Thread.objects.get(pk=it)\n"
    );
    let of = |it: &str| {
        let view = format!(
            "from .models import *\n\n\ndef go():\n    for mark in Mark.objects.all():\n        thread_of({it})\n"
        );
        let all = told(&[("chat/models.py", &models), ("chat/views.py", &view)]);
        all.iter().filter(|it| it.starts_with("query")).count()
    };
    assert_eq!((of("mark.about"), of("mark"), of("mark.object_id")), (0, 0, 1));
}

#[test]
fn what_all_rows_have_decides() {
    let of = |rows: &str, test: &str| {
        views(&format!(
            "def put(thread):\n    if {test}:\n        print(thread)\n    else:\n        Room.objects.create(pk=thread.pk)\n\ndef go():\n    for thread in Thread.objects.{rows}:\n        put(thread)\n"
        ))
        .len()
    };
    assert_eq!(of("all()", "thread.starter_id"), 1);
    assert_eq!(of("exclude(starter__isnull=True)", "thread.starter_id"), 0);
    assert_eq!(of("filter(starter__isnull=False)", "thread.starter_id is not None"), 0);
    assert_eq!(of("filter(starter=None)", "thread.starter_id is None"), 0);
    assert_eq!(of("filter(closed=True)", "thread.closed"), 0);
    assert_eq!(of("filter(closed=False)", "thread.closed"), 1);
    assert_eq!(of("exclude(starter=None, closed=True)", "thread.starter_id"), 1);
}

#[test]
fn a_memo_in_a_column_is_worked_out_once() {
    let of = |save: &str| {
        let models = format!(
            "{MODELS}\n\nclass Count(models.Model):\n    total = models.IntegerField(null=True)\n    thread = models.ForeignKey(Thread, on_delete=models.CASCADE)\n\n    @property\n    def all(self):\n        if self.total is not None:\n            return self.total\n        self.total = Message.objects.filter(thread=self.thread_id).count()\n        {save}\n        return self.total\n\n    @property\n    def late(self):\n        if self.total is None:\n            self.total = Message.objects.filter(thread=self.thread_id).count()\n            {save}\n        return self.total\n"
        );
        let view = "from .models import *\n\n\ndef go():\n    return [it.all for it in Count.objects.all()]\n\n\ndef later():\n    return [it.late for it in Count.objects.all()]\n";
        told(&[("chat/models.py", &models), ("chat/views.py", view)]).len()
    };
    assert_eq!((of("self.save()"), of("print(1)")), (0, 2));
    // What is marked once is no answer.
    let closes = "    def close(self):\n        if self.starter_id is None:\n            self.starter_id = 1\n            self.save()\n\n    def labels(self):";
    let models = MODELS.replace("    def labels(self):", closes);
    let view =
        "from .models import *\n\n\ndef go():\n    for thread in Thread.objects.all():\n        thread.close()\n";
    assert_eq!(told(&[("chat/models.py", &models), ("chat/views.py", view)]).len(), 1);
}

#[test]
fn a_queryset_that_loads_whenever_it_is_filtered() {
    let models = r#"
from django.db import models


class Loading(models.QuerySet):
    def _filter_or_exclude(self, negate, *args, **kwargs):
        return super()._filter_or_exclude(negate, *args, **kwargs).prefetch_related("marks")


class Sheet(models.Model):
    done = models.BooleanField(default=False)
    objects = Loading.as_manager()


class Mark(models.Model):
    sheet = models.ForeignKey(Sheet, related_name="marks", on_delete=models.CASCADE)
"#;
    let of = |rows: &str| {
        let view = format!(
            "from .models import *\n\n\ndef go():\n    for it in Sheet.objects.{rows}:\n        print(list(it.marks.all()))\n"
        );
        told(&[("hall/models.py", models), ("hall/views.py", &view)]).len()
    };
    assert_eq!((of("all()"), of("filter(done=True)"), of("exclude(done=True).order_by('pk')")), (1, 0, 0));
}

#[test]
fn one_row_of_a_class_method_is_of_the_class_that_it_is_called_on() {
    let models = r#"
from django.db import models


class Person(models.Model):
    name = models.CharField(max_length=80)


class Held(models.Model):
    class Meta:
        abstract = True

    @classmethod
    def load(cls, key, lock=False):
        if not key:
            return None
        if not lock:
            return cls.objects.filter(key=key).first()
        return cls.objects.filter(key=key).select_for_update().get()


class Paper(Held):
    @classmethod
    def again(cls, key):
        latest = cls.load(key)
        for it in latest.writer_set.all():
            print(it.person.name, it.seen)


class Writer(models.Model):
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    seen = models.BooleanField()
"#;
    assert_eq!(told(&[("hall/models.py", models)]), ["lazy Paper.again:person: select_related(\"person\")"]);
}

#[test]
fn an_inline_by_a_key_of_its_own_has_one_row() {
    let of = |field: &str| {
        let models = format!(
            "from django.db import models\n\n\nclass Isle(models.Model):\n    name = models.CharField(max_length=80)\n\n\nclass Plan(models.Model):\n    name = models.CharField(max_length=80)\n\n\nclass Range(models.Model):\n    plan = models.{field}\n    isle = models.ForeignKey(Isle, on_delete=models.CASCADE)\n\n    def __str__(self):\n        return self.isle.name\n"
        );
        let admin = "from django.contrib import admin\nfrom .models import *\n\n\nclass RangeInline(admin.TabularInline):\n    model = Range\n    readonly_fields = ['__str__', 'isle']\n\n\n@admin.register(Plan)\nclass PlanAdmin(admin.ModelAdmin):\n    inlines = [RangeInline]\n";
        told(&[("hall/models.py", &models), ("hall/admin.py", admin)]).len()
    };
    assert_eq!(of("ForeignKey(Plan, on_delete=models.CASCADE)"), 1);
    assert_eq!(of("OneToOneField(Plan, on_delete=models.CASCADE)"), 0);
    assert_eq!(of("ForeignKey(Plan, unique=True, on_delete=models.CASCADE)"), 0);
}

#[test]
fn a_setting_that_is_true_for_good_decides() {
    let of = |settings: &[(&str, &str)]| {
        let view = "from django.conf import settings\nfrom .models import *\n\n\ndef go():\n    for thread in Thread.objects.all():\n        if settings.USE_QUEUE:\n            queue(thread.pk)\n        else:\n            Room.objects.get(pk=thread.pk)\n";
        let mut files = vec![("chat/models.py", MODELS), ("chat/views.py", view)];
        files.extend(settings);
        told(&files).len()
    };
    let (on, off) = ("INSTALLED_APPS = []\nUSE_QUEUE = True\n", "INSTALLED_APPS = []\nUSE_QUEUE = False\n");
    assert_eq!(of(&[]), 1);
    assert_eq!(of(&[("site/settings.py", on), ("site/settings_test.py", off)]), 0);
    assert_eq!(of(&[("site/settings/base.py", on), ("site/settings/local.py", off)]), 1);
}

#[test]
fn what_is_written_apart_on_purpose_is_not_told() {
    let of = |turn: &str| {
        views(&format!(
            "from django.db import transaction\n\n\n@transaction.atomic\ndef put(room):\n    room.save()\n\ndef go():\n    for room in Room.objects.all():\n        room.name = 'a'\n{turn}"
        ))
        .len()
    };
    assert_eq!(of("        room.save()\n"), 1);
    assert_eq!(
        of(
            "        try:\n            with transaction.atomic():\n                room.save()\n        except ValueError:\n            continue\n"
        ),
        0
    );
    assert_eq!(of("        try:\n            put(room)\n        except ValueError:\n            print(room)\n"), 0);
    assert_eq!(of("        try:\n            room.save()\n        except ValueError:\n            print(room)\n"), 1);
    assert_eq!(
        of(
            "        try:\n            with transaction.atomic():\n                room.save()\n        except ValueError:\n            raise\n"
        ),
        1
    );
    // One transaction for all.
    let all = views(
        "from django.db import transaction\n\n\ndef go():\n    try:\n        with transaction.atomic():\n            for room in Room.objects.all():\n                room.name = 'a'\n                room.save()\n    except ValueError:\n        print(1)\n",
    );
    assert_eq!(all.len(), 1);
}

#[test]
fn a_base_whose_views_have_serializers_of_their_own_answers_nobody() {
    let of = |own: &str| {
        let view = format!(
            "from rest_framework import serializers, viewsets\nfrom .models import *\n\n\nclass Whole(serializers.ModelSerializer):\n    room = serializers.StringRelatedField()\n\n    class Meta:\n        model = Thread\n        fields = ['room', 'tags']\n\n\nclass Short(serializers.ModelSerializer):\n    class Meta:\n        model = Thread\n        fields = ['id']\n\n\nclass Threads(viewsets.ModelViewSet):\n    queryset = Thread.objects.all()\n    serializer_class = Whole\n\n\nclass OwnThreads(Threads):\n    {own}\n"
        );
        let urls = "from rest_framework import routers\nfrom .models import *\nfrom .views import *\n\nrouter = routers.DefaultRouter()\nrouter.register('threads', OwnThreads)\n";
        told(&[("chat/models.py", MODELS), ("chat/views.py", &view), ("chat/urls.py", urls)]).len()
    };
    assert!(of("pass") > 0);
    assert_eq!(of("serializer_class = Short"), 0);
}
