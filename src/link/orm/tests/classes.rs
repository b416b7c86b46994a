//! Methods that a base has and a class below it fills in, and classes that annotations name.

use super::*;

const BASE: &str = "class Report:\n    model = None\n\n    def rows(self):\n        raise NotImplementedError\n\n    def names(self):\n        return [self.name(it) for it in self.rows()]\n\n    def name(self, it):\n        return it.pk\n\n\n";

#[test]
fn a_base_goes_through_the_rows_of_a_class_below() {
    let below = "class Rooms(Report):\n    def rows(self):\n        return Thread.objects.all()\n\n    def name(self, it):\n        return it.room.name\n";
    assert_eq!(views(&format!("{BASE}{below}")), [r#"lazy Report.names:room: select_related("room")"#]);
    assert!(views(&format!("{BASE}{}", below.replace(".all()", ".select_related('room')"))).is_empty());
    // Who reads the room has other rows.
    let other = below.replace("Thread.objects.all()", "Room.objects.all()").replace("it.room.name", "it.name");
    assert!(views(&format!("{BASE}{other}")).is_empty());
}

#[test]
fn a_base_asks_the_model_that_a_class_below_names() {
    let base = "class Report:\n    model = None\n\n    def names(self):\n        return [str(it.room) for it in self.model.objects.all()]\n\n\n";
    assert_eq!(
        views(&format!("{base}class Threads(Report):\n    model = Thread\n")),
        [r#"lazy Report.names:room: select_related("room")"#]
    );
    assert!(views(&format!("{base}class Threads(Report):\n    pass\n")).is_empty());
}

#[test]
fn an_annotation_names_the_class_of_an_argument() {
    let service = "class Rooms:\n    def of(self, pk):\n        return Room.objects.get(pk=pk)\n\n\n";
    for said in ["Rooms", "\"Rooms\"", "Rooms | None", "Optional[Rooms]"] {
        let text = format!(
            "{service}def names(rooms: {said}):\n    return [rooms.of(it.room_id) for it in Thread.objects.all()]\n"
        );
        assert_eq!(views(&text), ["query names:Room.objects.get: filter(pk__in=...)"], "{said}");
    }
    let text =
        format!("{service}def names(rooms):\n    return [rooms.of(it.room_id) for it in Thread.objects.all()]\n");
    assert!(views(&text).is_empty());
}

#[test]
fn what_a_name_is_only_said_to_be() {
    let service = "class Rooms:\n    def of(self, pk):\n        return Room.objects.get(pk=pk)\n\n\nclass Shelf:\n    rooms: Rooms\n\n\n";
    let names = "def names():\n    return [shelf.rooms.of(it.room_id) for it in Thread.objects.all()]\n";
    let said = "if TYPE_CHECKING:\n    shelf: Shelf\nelse:\n    shelf = Holder()\n\n\n";
    assert_eq!(views(&format!("{service}{said}{names}")), ["query names:Room.objects.get: filter(pk__in=...)"]);
    assert_eq!(
        views(&format!("{service}shelf: Shelf\n\n\n{names}")),
        ["query names:Room.objects.get: filter(pk__in=...)"]
    );
}

#[test]
fn what_is_loaded_stands_in_a_list_of_the_class() {
    let views = |named: &str| {
        views(&format!(
            "from rest_framework import serializers, viewsets\n\nclass RoomSerializer(serializers.ModelSerializer):\n    owner = serializers.CharField(source='owner.username')\n\n    class Meta:\n        model = Room\n        fields = ['owner']\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    room = RoomSerializer()\n\n    class Meta:\n        model = Thread\n        fields = ['room']\n\n\nclass Loading:\n    joins = []\n\n    def get_queryset(self):\n        return super().get_queryset().select_related(*self.joins)\n\n\nclass Threads(Loading, viewsets.ModelViewSet):\n    queryset = Thread.objects.all()\n    serializer_class = ThreadSerializer\n{named}"
        ))
    };
    assert_eq!(views("    joins = ['room']\n").len(), 1);
    assert!(views("    joins = ['room', 'room__owner']\n").is_empty());
    // What is put there, nobody knows.
    assert!(views("\n    def __init__(self, joins):\n        self.joins = joins\n").is_empty());
    // Nor what is added to a list that code makes.
    assert!(views("    joins = joins_of('room')\n").is_empty());
}

#[test]
fn each_class_below_a_base_asks_for_its_own() {
    let base =
        "class Each:\n    def run(self):\n        for it in Thread.objects.all():\n            self.one(it)\n\n\n";
    let text = "class Rooms(Each):\n    def one(self, it):\n        Room.objects.get(pk=it.room_id)\n\n\nclass Tags(Each):\n    def one(self, it):\n        Tag.objects.filter(label=it.pk).exists()\n";
    let told = views(&format!("{base}{text}"));
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_list_of_a_base_is_that_of_each_view_below() {
    let view = |rows: &str| {
        views(&format!(
            "from rest_framework import serializers, viewsets\nfrom rest_framework.response import Response\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    room = serializers.CharField(source='room.name')\n\n    class Meta:\n        model = Thread\n        fields = ['room']\n\n\nclass Lists(viewsets.ModelViewSet):\n    def list(self, request):\n        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))\n        return self.get_paginated_response(self.get_serializer(page, many=True).data)\n\n\nclass Threads(Lists):\n    queryset = Thread.objects.{rows}\n    serializer_class = ThreadSerializer\n"
        ))
    };
    assert_eq!(view("all()"), [r#"lazy Lists.list:room: select_related("room")"#]);
    assert!(view("select_related('room')").is_empty());
}
