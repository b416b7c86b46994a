//! Loops over what comes from elsewhere: a request, a task's arguments, another service, a statement written by hand.

use super::*;

#[test]
fn what_a_serializer_has_checked_is_as_long_as_the_client_likes() {
    let text = "from rest_framework import serializers\n\nclass Rooms(serializers.Serializer):\n    names = serializers.ListField(child=serializers.CharField())\n\n    def create(self, validated_data):\n        for name in validated_data['names']:\n            Room.objects.create(name=name)\n";
    assert_eq!(views(text), ["write Rooms.create:Room.objects.create: bulk_create"]);
    let parameter =
        "def get(request):\n    return [Room.objects.get(pk=pk) for pk in request.GET.get('ids').split(',')]\n";
    assert_eq!(views(parameter), ["query get:Room.objects.get: filter(pk__in=...)"]);
    // One parameter is one.
    assert!(views("def get(request):\n    return Room.objects.get(pk=request.GET.get('id'))\n").is_empty());
}

#[test]
fn a_task_is_as_long_as_what_it_is_queued_with() {
    let task =
        "@shared_task\ndef name(pks):\n    for pk in pks:\n        Room.objects.filter(pk=pk).update(name='')\n\n\n";
    let queue = "def post(request):\n    name.delay(list(Room.objects.values_list('pk', flat=True)))\n";
    assert_eq!(
        views(&format!("{task}{queue}")),
        [r#"write name:Room.objects.filter.update: filter(pk__in=...).update(...)"#]
    );
    assert!(views(task).is_empty());
    // It runs in no turn of who queues it.
    let one = "@shared_task\ndef name(pk):\n    Room.objects.filter(pk=pk).update(name='')\n\n\ndef post(request):\n    for room in Room.objects.all():\n        name.delay(room.pk)\n";
    assert!(views(one).is_empty());
}

#[test]
fn rows_of_another_service_and_of_a_statement() {
    let sync = "import requests\n\n\ndef sync():\n    for room in requests.get('https://rooms').json()['rooms']:\n        Room.objects.get_or_create(name=room['name'])\n";
    assert_eq!(views(sync), ["write sync:Room.objects.get_or_create: filter(name__in=...), then bulk_create"]);
    let raw = "def names(cursor):\n    cursor.execute('select 1')\n    return [Room.objects.get(pk=pk) for (pk,) in cursor.fetchall()]\n";
    assert_eq!(views(raw), ["query names:Room.objects.get: filter(pk__in=...)"]);
}

#[test]
fn a_serializer_or_a_form_saves_a_row() {
    let form = "from django import forms\n\nclass RoomForm(forms.ModelForm):\n    class Meta:\n        model = Room\n        fields = ['name']\n\n\ndef post(request):\n    for name in request.POST.getlist('names'):\n        form = RoomForm({'name': name})\n        form.save()\n";
    assert_eq!(views(form), ["write post:form.save: bulk_create"]);
    let one = form.replace(
        "    for name in request.POST.getlist('names'):\n        form = RoomForm({'name': name})\n        ",
        "    form = RoomForm(request.POST)\n    ",
    );
    assert!(views(&one).is_empty());
}

#[test]
fn each_dict_of_a_list_has_a_key_of_its_own() {
    let text = |key: &str| {
        format!(
            "def names():\n    rows = [{{'kind': 'room', 'pk': it.room_id}} for it in Thread.objects.all()]\n    return [Room.objects.get(pk=row['{key}']) for row in rows]\n"
        )
    };
    assert_eq!(views(&text("pk")), ["query names:Room.objects.get: filter(pk__in=...)"]);
    assert!(views(&text("kind")).is_empty());
}

#[test]
fn names_of_a_mapping() {
    let text = |of: &str| {
        format!(
            "COLUMNS = {{'Room': 'room', 'Closed': 'closed'}}\n\n\ndef rows():\n    return [[str(getattr(it, name)) for {of}] for it in Thread.objects.all()]\n"
        )
    };
    for of in ["_, name in COLUMNS.items()", "name in COLUMNS.values()"] {
        assert_eq!(views(&text(of)), [r#"lazy rows:room: select_related("room")"#], "{of}");
    }
    assert!(views(&text("name, _ in COLUMNS.items()")).is_empty());
}

#[test]
fn the_table_between_two() {
    let text = "def tag(tag):\n    for thread in Thread.objects.all():\n        Thread.tags.through.objects.create(thread=thread, tag=tag)\n";
    assert_eq!(views(text), ["write tag:Thread.tags.through.objects.create: bulk_create"]);
}

#[test]
fn a_loop_behind_what_is_kept_is_a_loop() {
    let text = "def rows():\n    found = cache.get('rows')\n    if found is None:\n        found = [it.room.name for it in Thread.objects.all()]\n    return found\n";
    assert_eq!(views(text), [r#"lazy rows:room: select_related("room")"#]);
    // Kept for each row, a turn may have it.
    let each = "def place(it):\n    found = cache.get(it.pk)\n    if found is None:\n        found = it.room.name\n    return found\n\n\ndef rows():\n    return [place(it) for it in Thread.objects.all()]\n";
    assert!(views(each).is_empty());
}
