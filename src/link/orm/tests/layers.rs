//! What code of many layers puts between a queryset and who reads its rows: serializers by action, lists with a class of
//! their own, receivers, decorators, queues.

use super::*;

const SERIALIZERS: &str = "from rest_framework import serializers, viewsets\n\nclass Brief(serializers.ModelSerializer):\n    class Meta:\n        model = Thread\n        fields = ['id']\n\n\nclass Whole(serializers.ModelSerializer):\n    room = serializers.CharField(source='room.name')\n\n    class Meta:\n        model = Thread\n        fields = ['room']\n\n\n";

#[test]
fn what_is_handed_on_by_its_names_differs_as_they_do() {
    let asked = |call: &str| {
        views(&format!(
            "def found(**by):\n    return Thread.objects.filter(**by).first()\n\n\ndef get():\n    for room in Room.objects.all():\n        found({call})\n"
        ))
    };
    assert_eq!(asked("room=room").len(), 1);
    assert_eq!(asked("closed=True"), [""; 0], "the same in each turn");
}

#[test]
fn a_serializer_by_the_action_or_what_the_base_gives() {
    let view = |how: &str, list: &str| {
        views(&format!(
            "{SERIALIZERS}class ByAction:\n    serializers = {{}}\n\n    def get_serializer_class(self):\n        {how}\n\n\nclass Threads(ByAction, viewsets.ModelViewSet):\n    queryset = Thread.objects.all()\n    serializer_class = Whole\n    serializers = {{{list}}}\n"
        ))
    };
    let lazy = [r#"lazy Threads:room: select_related("room")"#];
    for how in [
        "return self.serializers.get(self.action) or super().get_serializer_class()",
        "return self.serializers.get(self.action, super().get_serializer_class())",
        "if self.action in self.serializers:\n            return self.serializers[self.action]\n        return super().get_serializer_class()",
    ] {
        assert_eq!(view(how, ""), lazy, "{how}");
        assert_eq!(view(how, "'create': Brief"), lazy, "{how}");
        assert!(view(how, "'list': Brief").is_empty(), "{how}");
    }
}

#[test]
fn a_class_for_lists_goes_through_the_rows_of_the_view() {
    let view = |rows: &str| {
        views(&format!(
            "from rest_framework import generics, serializers\n\nclass Places(serializers.ListSerializer):\n    def to_representation(self, data):\n        return [it.room.name for it in data]\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Thread\n        fields = ['id']\n        list_serializer_class = Places\n\n\nclass Threads(generics.ListAPIView):\n    serializer_class = ThreadSerializer\n\n    def get_queryset(self):\n        return Thread.objects.{rows}\n"
        ))
    };
    assert_eq!(view("all()"), [r#"lazy Places.to_representation:room: select_related("room")"#]);
    assert!(view("select_related('room')").is_empty());
}

#[test]
fn a_receiver_is_given_a_row_of_its_sender() {
    let heard = |sender: &str| {
        views(&format!(
            "from django.db.models.signals import post_save\nfrom django.dispatch import receiver\n\n@receiver(post_save, sender={sender})\ndef index(sender, instance, **kwargs):\n    for it in instance.threads.filter(closed=False):\n        print(it.pin.pk)\n"
        ))
    };
    assert_eq!(heard("Room"), [r#"lazy index:pin: select_related("pin") (no fix)"#]);
    assert!(heard("Tag").is_empty());
}

#[test]
fn a_decorator_calls_what_it_decorates_for_each() {
    let each =
        "def each(find):\n    def run(rows):\n        for it in rows:\n            find(it)\n\n    return run\n\n\n";
    let said = "@each\ndef place(thread):\n    print(thread.room.name)\n\n\n";
    let lazy = [r#"lazy each.run:room: select_related("room")"#];
    assert_eq!(views(&format!("{each}{said}def shown():\n    place(Thread.objects.all())\n")), lazy);
    assert!(views(&format!("{each}{said}def shown():\n    place(Thread.objects.with_room())\n")).is_empty());
    // One that does not loop calls it for what it is given.
    let once = each.replace("for it in rows:", "if rows:").replace("find(it)", "find(rows)");
    assert!(views(&format!("{once}{said}def shown():\n    place(Thread.objects.first())\n")).is_empty());
    // What makes a decorator, which asks for the rows itself.
    let of = |rows: &str| {
        format!(
            "def each(**given):\n    def decorate(find):\n        def run():\n            for it in {rows}:\n                find(it)\n\n        return run\n\n    return decorate\n\n\n@each(closed=False)\ndef place(thread):\n    print(thread.room.name)\n"
        )
    };
    assert_eq!(views(&of("Thread.objects.filter(**given)")).len(), 1);
    assert!(views(&of("Thread.objects.with_room()")).is_empty());
}

#[test]
fn a_queue_is_emptied() {
    let text = |rows: &str, body: &str| {
        format!(
            "from collections import deque\n\ndef run():\n    left = deque({rows})\n    while left:\n        {body}\n"
        )
    };
    assert_eq!(
        views(&text("Thread.objects.all()", "it = left.popleft()\n        print(it.room.name)")),
        [r#"lazy run:room: select_related("room")"#]
    );
    assert!(views(&text("Thread.objects.with_room()", "it = left.popleft()\n        print(it.room.name)")).is_empty());
    assert_eq!(
        views(&text("Thread.objects.values_list('pk', flat=True)", "Thread.objects.get(pk=left.pop())")),
        ["query run:Thread.objects.get: filter(pk__in=...)"]
    );
    // A walk that puts more into it is no loop over the rows that it starts from.
    assert!(
        views(&text("[Room.objects.first()]", "it = left.pop()\n        left.extend(it.threads.all())")).is_empty()
    );
}

#[test]
fn a_method_is_called_by_its_class() {
    let lazy = [r#"lazy shown:tags: prefetch_related("tags")"#];
    assert_eq!(views("def shown():\n    return list(map(Thread.labels, Thread.objects.all()))\n"), lazy);
    assert_eq!(views("def shown():\n    return [Thread.labels(it) for it in Thread.objects.all()]\n"), lazy);
    assert!(
        views("def shown():\n    return list(map(Thread.labels, Thread.objects.prefetch_related('tags')))\n")
            .is_empty()
    );
}

#[test]
fn a_path_is_followed_name_by_name() {
    let follow =
        "def follow(it, path):\n    for name in path.split('.'):\n        it = getattr(it, name)\n    return it\n\n\n";
    let shown = |path: &str, rows: &str| {
        views(&format!("{follow}def shown():\n    return [follow(it, '{path}') for it in Thread.objects.{rows}]\n"))
    };
    assert_eq!(shown("room.owner", "all()"), [r#"lazy shown:room.owner: select_related("room__owner")"#]);
    assert!(shown("room.name", "with_room()").is_empty());
    assert!(shown("closed", "all()").is_empty());
}

#[test]
fn what_goes_through_its_own_rows() {
    let through = "class Through:\n    def __init__(self, rows):\n        self.rows = rows\n\n    def __iter__(self):\n        for row in self.rows:\n            yield row\n\n\n";
    let shown = |rows: &str| {
        views(&format!("{through}def shown():\n    return [it.room.name for it in Through(Thread.objects.{rows})]\n"))
    };
    assert_eq!(shown("all()").len(), 1);
    assert!(shown("with_room()").is_empty());
}

#[test]
fn a_field_that_is_a_method_and_a_serializer() {
    let view = |read: &str| {
        views(&format!(
            "from rest_framework import serializers, viewsets\n\nclass RoomSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Room\n        fields = ['name']\n\n\nclass Dynamic(serializers.SerializerMethodField, RoomSerializer):\n    pass\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    room = Dynamic()\n\n    def get_room(self, it):\n        return {read}\n\n    class Meta:\n        model = Thread\n        fields = ['room']\n\n\nclass Silent:\n    def get_serializer(self, *args, **kwargs):\n        return super().get_serializer(*args, **kwargs)\n\n\nclass Threads(Silent, viewsets.ModelViewSet):\n    queryset = Thread.objects.all()\n    serializer_class = ThreadSerializer\n"
        ))
    };
    assert_eq!(view("it.room.name"), [r#"lazy Threads:room: select_related("room")"#]);
    assert!(view("it.room_id").is_empty());
}
