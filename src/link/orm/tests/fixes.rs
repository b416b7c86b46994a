use super::*;

/// The view after its change; the import line is left out.
fn fixed(text: &str) -> String {
    let view = format!("from .models import *\n{text}");
    let after = mended(&[("chat/models.py", MODELS), ("chat/views.py", &view)], "chat/views.py");
    after.split_once('\n').unwrap().1.to_owned()
}

#[track_caller]
fn chain(before: &str, after: &str) {
    let rest = ":\n        print(thread.room.name, list(thread.tags.all()))\n";
    let text = format!("def get():\n    for thread in {before}{rest}");
    assert_eq!(fixed(&text), format!("def get():\n    for thread in {after}{rest}"));
}

#[test]
fn behind_the_first_call() {
    chain("Thread.objects.all()", r#"Thread.objects.all().select_related("room").prefetch_related("tags")"#);
    chain(
        "Thread.objects.filter(closed=True)[:100]",
        r#"Thread.objects.filter(closed=True).select_related("room").prefetch_related("tags")[:100]"#,
    );
    chain("Thread.objects.open()", r#"Thread.objects.open().select_related("room").prefetch_related("tags")"#);
    chain(
        "list(Thread.objects.iterator(chunk_size=500))",
        r#"list(Thread.objects.select_related("room").prefetch_related("tags").iterator(chunk_size=500))"#,
    );
}

#[test]
fn clauses_that_are_there_grow() {
    chain(
        "Thread.objects.select_related(\"starter\").order_by(\"id\")",
        r#"Thread.objects.select_related("starter", "room").prefetch_related("tags").order_by("id")"#,
    );
    chain(
        "Thread.objects.all().select_related(\"room\").prefetch_related(\"messages\",)",
        r#"Thread.objects.all().select_related("room").prefetch_related("messages", "tags",)"#,
    );
}

#[test]
fn chains_over_lines_keep_their_form() {
    let before = "def get():\n    threads = (\n        Thread.objects\n        .filter(closed=True)\n        .order_by(\"id\")\n    )\n    return [thread.room.name for thread in threads]\n";
    let after = "def get():\n    threads = (\n        Thread.objects\n        .filter(closed=True)\n        .select_related(\"room\")\n        .order_by(\"id\")\n    )\n    return [thread.room.name for thread in threads]\n";
    assert_eq!(fixed(before), after);
}

#[test]
fn quotes_are_those_of_the_file() {
    let before = "def get():\n    return [thread.room.name for thread in Thread.objects.filter(name='a', kind='b')]\n";
    assert!(fixed(before).contains("filter(name='a', kind='b').select_related('room')]"));
}

#[test]
fn each_branch_gets_the_clause() {
    let before = "def get(closed):\n    if closed:\n        threads = Thread.objects.filter(closed=True)\n    else:\n        threads = Thread.objects.all()\n    return [thread.room.name for thread in threads]\n";
    let after = fixed(before);
    assert_eq!(after.matches(".select_related(\"room\")").count(), 2, "{after}");
}

#[test]
fn branches_that_go_on_from_one_queryset_get_one_clause() {
    let before = "def get(closed):\n    threads = Thread.objects.order_by('id')\n    if closed:\n        threads = threads.open()\n    return [thread.room.name for thread in threads]\n";
    let after = fixed(before);
    assert!(after.contains("Thread.objects.order_by('id').select_related('room')\n"), "{after}");
    assert_eq!(after.matches(".select_related(").count(), 1, "{after}");
}

#[test]
fn a_related_manager_gets_the_clause() {
    let before = "def get():\n    room = Room.objects.first()\n    return [thread.starter.email for thread in room.threads.all()]\n";
    assert!(fixed(before).contains("in room.threads.all().select_related(\"starter\")]"));
}

#[test]
fn what_comes_from_elsewhere_gets_it_where_it_arrives() {
    let before = "class View:\n    queryset = Thread.objects.all()\n\n    def get_queryset(self):\n        return self.queryset.filter(closed=True)\n\n    def get(self):\n        return [thread.room.name for thread in self.get_queryset()]\n";
    assert!(fixed(before).contains("in self.get_queryset().select_related(\"room\")]"));
}

#[test]
fn no_clause_where_it_would_fail() {
    let text = "def get():\n    for thread in Thread.objects.only('id'):\n        print(thread.room.name)\n    for thread in Thread.objects.iterator():\n        print(list(thread.tags.all()))\n";
    let expected = [
        r#"lazy get:room: only(..., "room").select_related("room") (no fix)"#,
        r#"lazy get:tags: prefetch_related("tags").iterator(chunk_size=...) (no fix)"#,
    ];
    assert_eq!(views(text), expected);
}

#[test]
fn no_clause_for_objects_that_the_loop_changes() {
    let text = "def get():\n    for thread in Thread.objects.all():\n        room = thread.room\n        room.name += thread.name\n        room.save()\n";
    let expected = [r#"lazy get:room: select_related("room") (no fix)"#, "write get:room.save: bulk_update"];
    assert_eq!(views(text), expected);
}

#[test]
fn no_clause_before_a_method_that_only_the_manager_has() {
    let models = "from django.db import models\n\nclass Room(models.Model):\n    name = models.CharField()\n\nclass Threads(models.Manager):\n    def waiting(self):\n        return [thread for thread in self.filter(closed=False)]\n\n    def open(self):\n        return self.filter(closed=False)\n\nclass Thread(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n    objects = Threads()\n\ndef get():\n    return [thread.room.name for thread in Thread.objects.waiting()]\n";
    let expected = [r#"lazy get:room: select_related("room") (no fix)"#];
    assert_eq!(told(&[("chat/models.py", models)]), expected);
    let models = models.replace("objects.waiting()", "objects.open()");
    let after = mended(&[("chat/models.py", &models)], "chat/models.py");
    assert!(after.contains("in Thread.objects.open().select_related(\"room\")]"), "{after}");
}

#[test]
fn sqlalchemy_gets_options_and_the_import() {
    let models = "from sqlalchemy import ForeignKey, select\nfrom sqlalchemy.orm import Mapped, mapped_column, relationship\n\nclass User(Base):\n    __tablename__ = 'users'\n    posts: Mapped[list['Post']] = relationship()\n\nclass Post(Base):\n    __tablename__ = 'posts'\n    author_id = mapped_column(ForeignKey('users.id'))\n\ndef get(session):\n    return [user.posts for user in session.scalars(select(User).order_by(User.id))]\n";
    let after = mended(&[("blog/models.py", models)], "blog/models.py");
    assert!(
        after.contains("from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload\n"),
        "{after}"
    );
    assert!(after.contains("select(User).options(selectinload(User.posts)).order_by(User.id)"), "{after}");
}

#[test]
fn what_a_call_iterates_takes_no_clause() {
    let text = "def rows(threads):\n    return threads.filter(closed=False).iterator(chunk_size=100)\n\ndef get():\n    for thread in rows(Thread.objects.all()):\n        print(thread.room.name)\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room") (no fix)"#]);
}

#[test]
fn a_clause_leaves_the_name_of_a_query_what_it_was() {
    let looped = |chain: &str| {
        let view = format!(
            "from .models import *\n\n\ndef get():\n    for room in Room.objects.all():\n        for thread in {chain}:\n            print(thread.starter.email)\n"
        );
        let files = [("chat/models.py", MODELS), ("chat/views.py", view.as_str())];
        let names: Vec<String> =
            found(&sources(&files)).queries_in_loops.iter().map(|it| it.about.anchor.entity.to_string()).collect();
        names
    };
    let without = looped("Thread.objects.filter(name=room.name)");
    assert_eq!(without, ["get:Thread.objects.filter"]);
    assert_eq!(looped("Thread.objects.filter(name=room.name).select_related(\"starter\")"), without);
}

#[test]
fn no_clause_where_rows_of_other_models_come_by() {
    let text = "def pages(model, query=None):\n    rows = model.objects.filter(query) if query else model.objects.all()\n    for row in rows:\n        yield row\n\ndef get():\n    return [thread.room.name for thread in pages(Thread)]\n\ndef other():\n    return [tag.label for tag in pages(Tag)]\n";
    assert_eq!(views(text), [r#"lazy get:room: select_related("room") (no fix)"#]);
    let base = |rest: &str| {
        format!(
            "class View:\n    def get(self):\n        return list(self.queryset.filter(closed=True))\n\nclass ThreadView(View):\n    queryset = Thread.objects.all()\n\n    def shown(self):\n        return [thread.room.name for thread in self.get()]\n{rest}"
        )
    };
    assert_eq!(
        views(&base("\nclass TagView(View):\n    queryset = Tag.objects.all()\n")),
        [r#"lazy ThreadView.shown:room: select_related("room") (no fix)"#]
    );
    assert_eq!(views(&base("")), [r#"lazy ThreadView.shown:room: select_related("room")"#]);
}

#[test]
fn where_no_clause_can_be_put_all_is_told_at_once() {
    let pages = "def pages(model):\n    for row in model.objects.all():\n        yield row\n\n\ndef other():\n    return [tag.label for tag in pages(Tag)]\n\n\n";
    let work = "def work():\n    for thread in pages(Thread):\n        print(thread.starter.email, thread.room.name)\n        thread.room.save()\n";
    assert_eq!(
        views(&format!("{pages}{work}")).first().map(String::as_str),
        Some(r#"lazy work:starter,room: select_related("starter", "room") (no fix)"#)
    );
}

#[test]
fn no_clause_in_a_mixin_of_views_of_other_models() {
    let text = r#"from rest_framework import serializers, viewsets


class RoomSerializer(serializers.ModelSerializer):
    class Meta:
        model = Room
        fields = ["name"]


class ThreadSerializer(serializers.ModelSerializer):
    room = RoomSerializer()

    class Meta:
        model = Thread
        fields = ["id", "room"]


class TagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ["label"]


class NestedMixin:
    def get_queryset(self):
        if self.nested:
            return getattr(self.get_parent(), self.field).all()
        return super().get_queryset()


class ThreadView(NestedMixin, viewsets.ModelViewSet):
    queryset = Thread.objects.all()
    serializer_class = ThreadSerializer


class TagView(NestedMixin, viewsets.ModelViewSet):
    queryset = Tag.objects.all()
    serializer_class = TagSerializer
"#;
    assert_eq!(views(text), [r#"lazy ThreadView:room: select_related("room") (no fix)"#]);
}

#[test]
fn what_a_serializer_prepares_for_a_view_gets_the_clause_there() {
    let text = r#"from rest_framework import serializers, viewsets


class RoomSerializer(serializers.ModelSerializer):
    class Meta:
        model = Room
        fields = ["name"]


class ThreadSerializer(serializers.ModelSerializer):
    room = RoomSerializer()

    class Meta:
        model = Thread
        fields = ["id", "room"]

    @classmethod
    def prepare(cls, queryset=None):
        queryset = queryset if queryset is not None else Thread.objects.all()
        return queryset.select_related("starter")


class ThreadView(viewsets.ModelViewSet):
    queryset = Thread.objects.all()
    serializer_class = ThreadSerializer

    def get_queryset(self):
        return self.get_serializer_class().prepare(queryset=self.queryset.all())
"#;
    assert_eq!(views(text), [r#"lazy ThreadView:room: select_related("room")"#]);
}

#[test]
fn behind_get_object_stands_no_queryset() {
    let text = "from rest_framework import serializers, viewsets\nfrom rest_framework.response import Response\n\n\nclass MessageSerializer(serializers.ModelSerializer):\n    author = serializers.StringRelatedField()\n\n    class Meta:\n        model = Message\n        fields = ['author']\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    messages = MessageSerializer(many=True)\n\n    class Meta:\n        model = Thread\n        fields = ['messages']\n\n\nclass Threads(viewsets.GenericViewSet):\n    queryset = Thread.objects.all()\n\n    def state(self, request, pk):\n        thread = self.get_object()\n        return Response(ThreadSerializer(thread).data)\n";
    assert_eq!(views(text), [r#"lazy Threads.state:author: prefetch_related("messages__author") (no fix)"#]);
}

#[test]
fn no_clause_stands_behind_what_may_be_no_queryset() {
    let view = |inner: &str| {
        format!(
            "def streamed(threads):\n    return threads.iterator(chunk_size=100)\n\ndef some(closed):\n    {inner}\n\ndef get(closed):\n    for thread in some(closed):\n        print(thread.room.name)\n"
        )
    };
    let told = |inner: &str| views(&view(inner));
    assert_eq!(told("return Thread.objects.filter(closed=closed)"), [r#"lazy get:room: select_related("room")"#]);
    for inner in [
        "return streamed(Thread.objects.filter(closed=closed))",
        "return Thread.objects.filter(closed=closed) if closed else None",
        "if closed:\n        return None\n    return Thread.objects.filter(closed=closed)",
    ] {
        assert_eq!(told(inner), [r#"lazy get:room: select_related("room") (no fix)"#], "{inner}");
    }
}

#[test]
fn what_a_prefetch_serves_elsewhere_takes_no_clause() {
    let method =
        "    def beside(self):\n        return [it.author.name for it in self.thread.messages.all()]\n\n\nclass Pin(";
    let models = MODELS.replace("\nclass Pin(", method);
    let told = |view: &str| {
        let view = format!("from .models import *\n\n\n{view}");
        lines(&found(&sources(&[("chat/models.py", &models), ("chat/views.py", &view)])))
    };
    let one = "def one(pk):\n    return Message.objects.get(pk=pk).beside()\n";
    assert_eq!(told(one), ["lazy Message.beside:author: select_related(\"author\")"]);
    // A clause would ask anew for what the list has brought.
    let listed = "Message.objects.select_related('thread').prefetch_related('thread__messages__author')";
    let all = format!("{one}\n\ndef all():\n    return [it.beside() for it in {listed}]\n");
    assert_eq!(told(&all), ["lazy Message.beside:author: select_related(\"author\") (no fix)"]);
    // Nor does it where the list has yet to be told to bring it.
    let all =
        format!("{one}\n\ndef all():\n    return [it.beside() for it in Message.objects.select_related('thread')]\n");
    let listed = "lazy all:thread.messages: prefetch_related(\"thread__messages\")";
    let deep = "lazy Message.beside:thread.messages.author: prefetch_related(\"thread__messages__author\") (no fix)";
    assert_eq!(told(&all), [deep, listed]);
}

#[test]
fn a_list_that_some_turns_read_does_not_keep_the_rest_from_its_change() {
    let view = "from .models import *\n\n\ndef get():\n    for thread in Thread.objects.all():\n        print(thread.room.name)\n        if thread.closed:\n            print(list(thread.tags.all()))\n";
    let told = lines(&found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", view)])));
    assert_eq!(told, ["lazy get:room: select_related(\"room\")", "lazy get:tags: prefetch_related(\"tags\") (no fix)"]);
}

#[test]
fn all_querysets_that_come_by_are_told_to_load_more() {
    let helper =
        "from .models import *\n\n\ndef names(threads):\n    return [thread.room.name for thread in threads]\n\n\n";
    let two = "def all():\n    return names(Thread.objects.all())\n\n\ndef closed():\n    return names(Thread.objects.filter(closed=True))\n";
    let after = mended(&[("chat/models.py", MODELS), ("chat/views.py", &format!("{helper}{two}"))], "chat/views.py");
    assert!(after.contains("Thread.objects.all().select_related(\"room\")"), "{after}");
    assert!(after.contains("Thread.objects.filter(closed=True).select_related(\"room\")"), "{after}");
    // Where one cannot be told, the loop would ask as before.
    let opaque = "def all():\n    return names(Thread.objects.all())\n\n\ndef tagged(tag: Tag):\n    return names(tag.thread_set.all())\n";
    let told = lines(&found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &format!("{helper}{opaque}"))])));
    assert_eq!(told, ["lazy names:room: select_related(\"room\") (no fix)"]);
}

#[test]
fn two_kinds_of_rows_that_come_to_one_place_get_each_its_own_path() {
    let view = "from .models import *\n\n\ndef names(rows, with_thread):\n    for row in rows:\n        room = row.thread.room if with_thread else row.room\n        print(room.owner.email)\n\n\ndef threads():\n    names(Thread.objects.select_related(\"room\"), False)\n\n\ndef messages():\n    names(Message.objects.select_related(\"thread__room\"), True)\n";
    let after = mended(&[("chat/models.py", MODELS), ("chat/views.py", view)], "chat/views.py");
    assert!(after.contains("Thread.objects.select_related(\"room\", \"room__owner\")"), "{after}");
    assert!(after.contains("Message.objects.select_related(\"thread__room\", \"thread__room__owner\")"), "{after}");
}

#[test]
fn two_paths_that_lead_to_one_place_are_both_loaded() {
    let models = format!(
        "{MODELS}\n\nclass Move(models.Model):\n    thread = models.ForeignKey(Thread, on_delete=models.CASCADE)\n    room = models.ForeignKey(Room, null=True, on_delete=models.CASCADE)\n"
    );
    let view = "from .models import *\n\n\ndef email(room):\n    return room.owner.email\n\n\ndef label(move):\n    return email(move.room) + email(move.thread.room)\n\n\ndef get():\n    for move in Move.objects.all():\n        print(label(move))\n";
    let after = mended(&[("chat/models.py", &models), ("chat/views.py", view)], "chat/views.py");
    assert!(after.contains(".select_related(\"room__owner\", \"thread__room__owner\")"), "{after}");
}

#[test]
fn a_list_is_no_other_for_what_is_loaded_with_it() {
    let of = |clause: &str| {
        let view = format!(
            "from .models import *\n\n\ndef get():\n    for thread in Thread.objects.all():\n        Message.objects.filter(thread=thread).update(author=None)\n        for message in thread.messages.all(){clause}:\n            print(message.pk)\n"
        );
        lines(&found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &view)])))
    };
    let plain = of("");
    assert_eq!(plain.len(), 1, "{plain:?}");
    assert_eq!(of(".select_related(\"author\")"), plain, "what the turn has written cannot be asked before it");
    assert_ne!(of(".order_by(\"pk\")"), plain);
}

#[test]
fn no_clause_for_one_row_where_others_come_by() {
    let models = format!(
        "{MODELS}\n\nclass Reader(models.Model):\n    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name=\"readers\")\n    tags = models.ManyToManyField(Tag)\n"
    );
    let serializers = "from rest_framework import serializers\nfrom .models import *\n\n\nclass ReaderSerializer(serializers.ModelSerializer):\n    tags = serializers.SlugRelatedField(many=True, read_only=True, slug_field=\"label\")\n\n    class Meta:\n        model = Reader\n        fields = [\"tags\"]\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    readers = ReaderSerializer(many=True)\n\n    class Meta:\n        model = Thread\n        fields = [\"readers\"]\n\n\ndef log(thread):\n    return ThreadSerializer(thread).data\n";
    let one = "from .models import *\nfrom .serializers import log\n\n\ndef first(pk):\n    return log(Thread.objects.get(pk=pk))\n";
    let two = "\n\ndef other(name):\n    return log(Thread.objects.get(closed=name))\n";
    let of = |view: &str| {
        let files = [("chat/models.py", &*models), ("chat/serializers.py", serializers), ("chat/views.py", view)];
        lines(&found(&sources(&files)))
    };
    let told = "lazy log:tags: prefetch_related(\"readers__tags\")";
    assert_eq!(of(one), [told]);
    assert_eq!(of(&format!("{one}{two}")), [format!("{told} (no fix)")], "the other would ask as before");
}
