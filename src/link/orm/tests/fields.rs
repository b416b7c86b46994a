//! Fields of serializers that read what their queryset has not loaded.

use super::*;

/// What is said of a list of threads whose serializer has this body.
fn fields(models: &str, body: &str) -> Vec<String> {
    let serializers = format!(
        "from rest_framework import serializers\nfrom .models import *\n\n\nclass Brief(serializers.RelatedField):\n    def to_representation(self, value):\n        return {{\"id\": value.pk, \"owner\": value.owner.username}}\n\n\nclass Key(serializers.PrimaryKeyRelatedField):\n    pass\n\n\nclass Plain:\n    @staticmethod\n    def get_last(thread):\n        return thread.messages.count()\n\n\nclass ThreadSerializer(Plain, serializers.ModelSerializer):\n{body}"
    );
    let views = "from rest_framework import viewsets\nfrom .models import Thread\nfrom .serializers import ThreadSerializer\n\n\nclass Threads(viewsets.ModelViewSet):\n    serializer_class = ThreadSerializer\n    queryset = Thread.objects.all()\n";
    told(&[("chat/models.py", models), ("chat/serializers.py", &serializers), ("chat/views.py", views)])
}

#[test]
fn links_to_many_rows() {
    let one = "    room = serializers.HyperlinkedRelatedField(view_name=\"room\", read_only=True)\n";
    let many = "    tags = serializers.HyperlinkedRelatedField(many=True, view_name=\"tag\", read_only=True)\n";
    assert!(fields(MODELS, one).is_empty());
    assert_eq!(fields(MODELS, many), [r#"lazy Threads:tags: prefetch_related("tags")"#]);
}

#[test]
fn a_one_to_one_that_the_other_side_holds() {
    let link = "    pin = serializers.HyperlinkedRelatedField(view_name=\"pin\", read_only=True)\n";
    let listed = "    class Meta:\n        model = Thread\n        fields = [\"id\", \"room\", \"pin\"]\n";
    let expected = [r#"lazy Threads:pin: select_related("pin")"#];
    assert_eq!(fields(MODELS, link), expected);
    assert_eq!(fields(MODELS, listed), expected);
}

#[test]
fn a_field_of_ones_own_for_a_relation() {
    assert_eq!(
        fields(MODELS, "    room = Brief(read_only=True)\n"),
        [r#"lazy Threads:room.owner: select_related("room__owner")"#]
    );
    let partly = "    room = Short(read_only=True)\n\n\nShort = partial(Brief, \"x\")\n";
    assert_eq!(fields(MODELS, partly), [r#"lazy Threads:room.owner: select_related("room__owner")"#]);
    assert!(fields(MODELS, "    room = Key(read_only=True)\n").is_empty());
}

#[test]
fn a_plain_field_calls_the_method_that_it_names() {
    let expected = [r#"lazy Threads:tags: prefetch_related("tags")"#];
    assert_eq!(fields(MODELS, "    names = serializers.ReadOnlyField(source=\"labels\")\n"), expected);
    assert_eq!(fields(MODELS, "    labels = serializers.ListField()\n"), expected);
    assert_eq!(
        fields(MODELS, "    count = serializers.IntegerField(source=\"messages.count\")\n"),
        [r#"query Threads:queryset: annotate(Count("messages"))"#]
    );
    assert!(fields(MODELS, "    closed = serializers.BooleanField()\n").is_empty());
}

#[test]
fn a_method_field_may_be_static() {
    assert_eq!(
        fields(MODELS, "    last = serializers.SerializerMethodField()\n"),
        [r#"query Threads:thread.messages.count: annotate(Count("messages"))"#]
    );
}

#[test]
fn a_list_that_a_method_field_serializes() {
    let body = "    messages = serializers.SerializerMethodField()\n\n    def get_messages(self, thread):\n        return MessageSerializer(thread.messages, many=True).data\n\n\nclass MessageSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Message\n        fields = [\"id\"]\n";
    assert_eq!(fields(MODELS, body), [r#"lazy Threads:messages: prefetch_related("messages")"#]);
}

#[test]
fn one_row_of_a_loop_is_serialized() {
    let text = "from rest_framework import serializers\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    place = serializers.CharField(source=\"room.name\")\n\n\ndef one():\n    return ThreadSerializer(Thread.objects.get(pk=1)).data\n\n\ndef all():\n    return [ThreadSerializer(it).data for it in Thread.objects.filter(closed=True)]\n";
    assert_eq!(views(text), [r#"lazy all:room: select_related("room")"#]);
}

#[test]
fn a_sorted_queryset() {
    let views = "from rest_framework import viewsets\nfrom .models import Thread\nfrom .serializers import ThreadSerializer\n\n\nclass Threads(viewsets.ModelViewSet):\n    serializer_class = ThreadSerializer\n    queryset = Thread.objects.all()\n\n    def get_queryset(self):\n        return sorted(super().get_queryset(), key=str)\n";
    let serializers = "from rest_framework import serializers\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    place = serializers.CharField(source=\"room.name\")\n";
    let files = [("chat/models.py", MODELS), ("chat/serializers.py", serializers), ("chat/views.py", views)];
    assert_eq!(told(&files), [r#"lazy Threads:room: select_related("room")"#]);
}

#[test]
fn all_fields_and_those_that_are_not_left_out() {
    let meta = |rest: &str| format!("    class Meta:\n        model = Thread\n{rest}");
    let tags = [r#"lazy Threads:tags: prefetch_related("tags")"#];
    assert_eq!(fields(MODELS, &meta("        fields = \"__all__\"\n")), tags);
    assert_eq!(fields(MODELS, &meta("        exclude = [\"closed\"]\n")), tags);
    assert!(fields(MODELS, &meta("        exclude = [\"tags\"]\n")).is_empty());
    assert_eq!(
        fields(MODELS, &meta("        exclude = [\"tags\"]\n        depth = 2\n")),
        [concat!(
            r#"lazy Threads:room.owner.groups,room.owner.user_permissions,starter.groups.permissions,starter.user_permissions: "#,
            r#"prefetch_related("room__owner__groups", "room__owner__user_permissions", "#,
            r#""starter__groups__permissions", "starter__user_permissions")"#
        )]
    );
}

#[test]
fn each_field_that_a_serializer_reads_and_its_queryset_leaves_out() {
    let models = "from django.db import models\n\nclass Note(models.Model):\n    title = models.CharField(max_length=9)\n    body = models.CharField(max_length=9)\n    kind = models.CharField(max_length=9)\n    raw = models.JSONField()\n\n    def long(self):\n        return len(self.raw)\n";
    let view = "from rest_framework import serializers, viewsets\nfrom .models import Note\n\nclass NoteSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Note\n        fields = ['title', 'body', 'kind']\n\nclass NoteView(viewsets.ModelViewSet):\n    queryset = Note.objects.only('title')\n    serializer_class = NoteSerializer\n";
    let of = |view: &str| {
        let facts = found(&sources(&[("hall/models.py", models), ("hall/views.py", view)]));
        let said = |it: &QueryInLoop| {
            let remedy = it.remedy.known().map_or_else(String::new, |it| it.to_string());
            let edits = it.about.writers.iter().flat_map(|it| &it.edits).map(|it| it.1.to_string());
            (remedy, edits.collect::<String>())
        };
        facts.queries_in_loops.iter().map(said).collect::<Vec<_>>()
    };
    let both = (r#"only(..., "body", "kind")"#.to_owned(), ", 'body', 'kind'".to_owned());
    assert_eq!(of(view), [both]);
    let long =
        "from .models import Note\n\ndef get():\n    return [note.long() for note in Note.objects.only('title')]\n";
    assert_eq!(of(long), [(r#"only(..., "raw")"#.to_owned(), String::new())]);
}
