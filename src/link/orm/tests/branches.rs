//! What a call does not come to: by its arguments, by the view's action, by the serializer's context, by keys that are none.

use super::*;

#[test]
fn a_helper_that_is_given_the_model_asks_for_that_model() {
    let text = r#"
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Run(Base):
    __tablename__ = "run"
    id = Column(Integer, primary_key=True)
    tags = relationship("Tag")

    def to_entity(self):
        return [tag.id for tag in self.tags]


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    run_id = Column(Integer, ForeignKey("run.id"))


class Label(Base):
    __tablename__ = "label"
    id = Column(Integer, primary_key=True)

    def to_entity(self):
        return self.id


class Store:
    def _query(self, session, model):
        return session.query(model)

    def _runs(self, session):
        return self._query(session, Run)

    def _labels(self, session):
        return self._query(session, Label)

    def runs(self, session):
        return [row.to_entity() for row in self._runs(session).all()]

    def labels(self, session):
        return [row.to_entity() for row in self._labels(session).all()]
"#;
    let told = told(&[("store.py", text)]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("lazy Store.runs:tags"), "{told:?}");
}

#[test]
fn what_the_arguments_rule_out_is_not_told() {
    let of = |call: &str| {
        views(&format!(
            "def put(thread, texts=None, gone=None, old=()):\n    if texts:\n        for text in texts:\n            Message.objects.create(thread=thread)\n    if gone is not None:\n        thread.messages.filter(pk__in=gone).delete()\n    return Room.objects.get(pk=thread.pk) if old else None\n\ndef all_of():\n    for thread in Thread.objects.all():\n        put({call})\n"
        ))
    };
    assert_eq!(of("thread"), [""; 0]);
    assert_eq!(of("thread, [], None"), [""; 0]);
    let written = ["write put:", "query put:", "write all_of:", "query all_of:"];
    let told = |call: &str| of(call).iter().filter(|it| written.iter().any(|w| it.starts_with(w))).count();
    assert_eq!((told("thread, texts"), told("thread, {}, gone"), told("thread, old=old")), (1, 1, 1));
    // What has been filled is not empty, and what a variable holds may be another thing in another turn.
    let filled = views(
        "def put(thread, texts):\n    texts.append(thread)\n    if texts:\n        thread.messages.filter(pk__in=texts).delete()\n\ndef all_of():\n    for thread in Thread.objects.all():\n        put(thread, [])\n",
    );
    assert_eq!(filled.len(), 1, "{filled:?}");
    let turned = views(
        "def put(thread, before):\n    if before is not None:\n        thread.messages.filter(pk=before).delete()\n\ndef all_of():\n    before = None\n    for thread in Thread.objects.all():\n        put(thread, before)\n        before = thread.pk\n",
    );
    assert_eq!(turned.len(), 1, "{turned:?}");
}

#[test]
fn what_is_made_where_a_table_is_empty_is_made_once() {
    let told = views(
        "def default():\n    if Tag.objects.count() == 0:\n        Tag.objects.create()\n    if not Room.objects.exists():\n        Room.objects.create()\n    return Tag.objects.first()\n\ndef all_of():\n    for thread in Thread.objects.all():\n        default()\n",
    );
    assert_eq!(told, [""; 0]);
}

const SERIALIZERS: &str = r#"
from rest_framework import mixins, serializers, viewsets


class ThreadSerializer(serializers.ModelSerializer):
    room = serializers.SerializerMethodField()
    busy = serializers.SerializerMethodField()

    def get_room(self, thread):
        if self.context.get("with_room") is True:
            return thread.room.name
        return None

    def get_busy(self, thread):
        if self.context.get("prefetched", False):
            return bool(thread.messages.all())
        return thread.messages.filter(pk=1).exists()

    class Meta:
        model = Thread
        fields = ["id", "room", "busy"]


class ThreadView(mixins.ListModelMixin, viewsets.GenericViewSet):
    serializer_class = ThreadSerializer
    queryset = Thread.objects.prefetch_related("messages")
"#;

#[test]
fn a_context_that_the_view_does_not_give_is_not_there() {
    let told = |context: &str| views(&format!("{SERIALIZERS}\n    def get_serializer_context(self):\n{context}"));
    let room = "lazy ThreadView:room: select_related(\"room\")";
    let busy = "query ThreadView:thread.messages.filter.exists: annotate(Exists(...))";
    assert_eq!(views(SERIALIZERS), [busy]);
    assert_eq!(
        told(
            "        more = {}\n        if self.action == \"list\":\n            more = {\"prefetched\": True}\n        return {**super().get_serializer_context(), **more}\n"
        ),
        [""; 0]
    );
    assert_eq!(
        told(
            "        context = super().get_serializer_context()\n        context[\"with_room\"] = True\n        return context\n"
        ),
        [room, busy]
    );
    // Of what is not known either may be.
    assert_eq!(told("        return {**super().get_serializer_context(), **self.more()}\n"), [room, busy]);
    let asked = "        return {\"with_room\": self.request.GET.get(\"room\"), \"prefetched\": True}\n";
    assert_eq!(told(asked), [room]);
    let by_hand = |context: &str| {
        let head = SERIALIZERS.split("class ThreadView").next().unwrap_or_default();
        views(&format!(
            "{head}def index(request):\n    return ThreadSerializer(Thread.objects.all(), many=True{context}).data\n"
        ))
        .len()
    };
    let counts = [
        by_hand(""),
        by_hand(", context={\"prefetched\": True}"),
        by_hand(", context={\"with_room\": True}"),
        by_hand(", context=known"),
    ];
    assert_eq!(counts, [1, 1, 2, 2]);
}

#[test]
fn the_list_of_a_view_is_what_its_action_gives() {
    let text = r#"
from rest_framework import serializers, viewsets


class RoomSerializer(serializers.ModelSerializer):
    class Meta:
        model = Room
        fields = ["name"]


class ThreadSerializer(serializers.ModelSerializer):
    room = RoomSerializer()

    class Meta:
        model = Thread
        fields = ["id", "room"]


class ThreadView(viewsets.ReadOnlyModelViewSet):
    serializer_class = ThreadSerializer

    def get_queryset(self):
        if self.action == "retrieve":
            return Thread.objects.prefetch_related("tags")
        return Thread.objects.order_by("id")
"#;
    let after = mended(
        &[("chat/models.py", MODELS), ("chat/views.py", &format!("from .models import *\n{text}"))],
        "chat/views.py",
    );
    assert!(after.contains("return Thread.objects.prefetch_related(\"tags\")\n"), "{after}");
    assert!(after.contains("return Thread.objects.order_by(\"id\").select_related(\"room\")"), "{after}");
}

#[test]
fn keys_that_are_none_ask_for_nothing() {
    let models = r#"
from django.db import models


class Library(models.Model):
    name = models.CharField(max_length=80)


class Task(models.Model):
    kind = models.CharField(max_length=80)
    level = models.IntegerField()
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    library = models.ForeignKey(Library, null=True, on_delete=models.CASCADE)

    def complete(self, next_kind=None):
        if not self.parent and next_kind:
            Task(kind=next_kind, library=self.library).save()

    def place(self):
        if self.parent is not None:
            return self.library.name
"#;
    let told = |text: &str| {
        told(&[("hall/models.py", models), ("hall/views.py", &format!("from .models import Task\n\n\n{text}"))])
    };
    let of = |body: &str| told(&format!("def go():\n    for task in Task.objects.order_by('pk'):\n        {body}\n"));
    assert_eq!(of("task.complete('next')"), ["write go:Task.save: bulk_create"]);
    assert_eq!(of("task.place()"), ["lazy go:library: select_related(\"library\")"]);
    assert_eq!(of("if task.level == 0 and task.parent is None:\n            print(task.pk)"), [""; 0]);
    // The key is in the row.
    assert_eq!(of("if task.parent is None:\n            print(task.pk)"), ["lazy go:parent: parent_id"]);
    assert_eq!(of("print(task.library.id, task.library.pk)"), ["lazy go:library: library_id"]);
    let both = "if task.parent:\n            print(task.parent.kind)";
    assert_eq!(of(both), ["lazy go:parent: select_related(\"parent\")"]);
    assert_eq!(
        of("found = task.library\n        print(found.id, found.name)"),
        ["lazy go:library: select_related(\"library\")"]
    );
}

#[test]
fn the_key_is_read_of_the_row_itself() {
    let text = "from .models import *\n\n\ndef get():\n    for message in Message.objects.all():\n        if message.thread is not None:\n            print(message.thread.id, message.thread.pk)\n";
    let after = mended(&[("chat/models.py", MODELS), ("chat/views.py", text)], "chat/views.py");
    assert!(
        after.contains("if message.thread_id is not None:\n            print(message.thread_id, message.thread_id)"),
        "{after}"
    );
}

#[test]
fn rows_of_a_polymorphic_model_are_prefetched() {
    let models = "from django.db import models\nfrom polymorphic.models import PolymorphicModel\n\n\nclass Asset(PolymorphicModel):\n    title = models.CharField(max_length=80)\n\n\nclass Picture(Asset):\n    place = models.CharField(max_length=80)\n\n\nclass Link(models.Model):\n    asset = models.ForeignKey(Asset, on_delete=models.CASCADE)\n";
    let view =
        "from .models import Link\n\n\ndef places():\n    return [link.asset.place for link in Link.objects.all()]\n";
    let told = told(&[("hall/models.py", models), ("hall/views.py", view)]);
    assert_eq!(told, ["lazy places:asset: prefetch_related(\"asset\")"]);
}

#[test]
fn what_is_made_where_it_was_found_missing() {
    let asks = "Message.objects.filter(thread=thread).first()";
    let of = |before: &str, body: &str, test: &str| {
        views(&format!(
            "def last(thread, found=None):\n    {body}if {test}:\n        found = {asks}\n    return found\n\n\ndef show():\n    {before}for thread in Thread.objects.all():\n        print(last(thread))\n"
        ))
    };
    // Whoever calls it may have it already; who has said that it is `None`, has not.
    assert_eq!(of("", "found = thread.closed\n    ", "found is None"), [""; 0]);
    assert_eq!(of("", "found = None\n    ", "not found").len(), 1);
    assert_eq!(of("", "found = None\n    if thread.closed:\n        found = None\n    ", "found is None").len(), 1);
    // `None` before the loop: one turn finds it.
    let looped = |before: &str, within: &str| {
        views(&format!(
            "def show():\n    {before}for thread in Thread.objects.all():\n        {within}if found is None:\n            found = {asks}\n        print(found)\n"
        ))
    };
    assert_eq!(looped("found = None\n    ", ""), [""; 0]);
    // One that is behind the test has all its turns.
    let behind = "def show():\n    found = None\n    for thread in Thread.objects.all():\n        if found is None:\n            found = [message.author.email for message in Message.objects.all()]\n";
    assert_eq!(views(behind), ["lazy show:author: select_related(\"author\")"]);
    assert_eq!(looped("", "found = None\n        ").len(), 1);
}
