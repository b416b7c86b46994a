//! Instances that rows are given to, functions that are values, and what Python itself does with rows.

use super::*;

#[test]
fn an_instance_has_what_it_was_made_with() {
    let class = "class Card:\n    def __init__(self, thread):\n        self.thread = thread\n\n    def place(self):\n        return self.thread.room.name\n\n\n";
    let told = views(&format!("{class}def cards():\n    return [Card(it).place() for it in Thread.objects.all()]\n"));
    assert_eq!(told, [r#"lazy cards:room: select_related("room")"#]);
    let later =
        "def cards():\n    all = [Card(it) for it in Thread.objects.all()]\n    return [it.place() for it in all]\n";
    assert_eq!(views(&format!("{class}{later}")), [r#"lazy cards:room: select_related("room")"#]);
    assert!(views(&format!("{class}{}", later.replace(".all()", ".select_related('room')"))).is_empty());
    // One that is made of one thing is not made of each.
    let one =
        "def cards(pk):\n    card = Card(Thread.objects.get(pk=pk))\n    return [card.place() for it in range(1000)]\n";
    assert!(views(&format!("{class}{one}")).is_empty());
}

#[test]
fn what_is_read_while_it_is_made() {
    let text = "class Card:\n    def __init__(self, thread):\n        self.place = thread.room.name\n\n\ndef cards():\n    return [Card(it) for it in Thread.objects.all()]\n";
    assert_eq!(views(text), [r#"lazy cards:room: select_related("room")"#]);
}

#[test]
fn fields_that_are_declared_are_given_by_their_places() {
    let text = "from dataclasses import dataclass\n\n\n@dataclass\nclass Card:\n    thread: Thread\n    at: int = 0\n\n    def place(self):\n        return self.thread.room.name\n\n\ndef cards():\n    return [Card(it, 1).place() for it in Thread.objects.all()]\n";
    assert_eq!(views(text), [r#"lazy cards:room: select_related("room")"#]);
}

#[test]
fn functions_of_a_dict_or_a_list_are_run_one_after_the_other() {
    let columns = "COLUMNS = {'closed': lambda it: it.closed, 'room': lambda it: it.room.name}\n\n\n";
    let text =
        "def rows():\n    return [{name: of(it) for name, of in COLUMNS.items()} for it in Thread.objects.all()]\n";
    assert_eq!(views(&format!("{columns}{text}")), [r#"lazy rows:room: select_related("room")"#]);
    let text = text.replace(".all()", ".select_related('room')");
    assert!(views(&format!("{columns}{text}")).is_empty());
    let list = "def room(it):\n    return it.room.name\n\n\ndef rows():\n    return [[of(it) for _, of in [('r', room), ('s', str)]] for it in Thread.objects.all()]\n";
    assert_eq!(views(list), [r#"lazy rows:room: select_related("room")"#]);
    // Each row may pick another by its key.
    let by_row = "def rows():\n    return [COLUMNS[it.closed](it) for it in Thread.objects.all()]\n";
    assert_eq!(views(&format!("{columns}{by_row}")), [r#"lazy rows:room: select_related("room")"#]);
    // Which of them a key picks that is the same for all is not known.
    let picked = "def rows(name):\n    return [COLUMNS[name](it) for it in Thread.objects.all()]\n";
    assert!(views(&format!("{columns}{picked}")).is_empty());
}

#[test]
fn a_lambda_is_run_by_whoever_is_given_it() {
    let each = "def each(of, rows):\n    return [of(it) for it in rows]\n\n\n";
    let text = "def rows():\n    return each(lambda it: it.room.name, Thread.objects.all())\n";
    assert_eq!(views(&format!("{each}{text}")), [r#"lazy each:room: select_related("room")"#]);
    // It runs where it is called, and not where it stands.
    let kept = "def rows():\n    for it in Thread.objects.all():\n        on_commit(lambda: it.room.name)\n";
    assert!(views(kept).is_empty());
}

#[test]
fn arguments_behind_the_others_are_known() {
    let text = "def one(*args):\n    if isinstance(args[0], int):\n        return Room.objects.get(pk=args[0])\n    return args[0].closed\n\n\ndef rows():\n    return [one(it) for it in Thread.objects.all()]\n";
    assert!(views(text).is_empty());
    let read = text.replace("args[0].closed", "args[0].room.name");
    assert_eq!(views(&read), [r#"lazy rows:room: select_related("room")"#]);
}

#[test]
fn a_row_by_its_place_is_asked_for() {
    let text = |rows: &str| format!("def rows():\n    return [it.{rows}[0] for it in Room.objects.all()]\n");
    let remedy = r#"query rows:it.threads.order_by[0]: Prefetch("threads", queryset=..., to_attr=...)"#;
    assert_eq!(views(&text("threads.order_by('pk')")), [remedy]);
    let loaded = text("threads.all()").replace("Room.objects.all()", "Room.objects.prefetch_related('threads')");
    assert!(views(&loaded).is_empty());
    let passed = "def rows(rooms):\n    return [it.threads.all()[0] for it in rooms]\n";
    assert!(views(passed).is_empty());
    let kept = "def rows():\n    first = []\n    for it in Room.objects.all():\n        threads = it.threads.prefetch_related('messages')\n        if threads:\n            first.append(threads[0])\n    return first\n";
    assert_eq!(views(kept).len(), 1, "{:?}", views(kept));
}

#[test]
fn rows_that_are_put_somewhere_are_gone_through() {
    let text = |put: &str| {
        format!(
            "def rows(tag):\n    found = set()\n    for it in Thread.objects.all():\n        {put}\n    return found\n"
        )
    };
    let told = [r#"lazy rows:tags: prefetch_related("tags")"#];
    for put in ["found.update(it.tags.all())", "show(*it.tags.all())", "print(tag in it.tags.all())"] {
        assert_eq!(views(&text(put)), told, "{put}");
    }
    let put = "tag.names += it.tags.all()";
    assert_eq!(views(&text(put)), told);
    let once = "def rows():\n    closed = Thread.objects.filter(closed=True)\n    return [it.pk for it in Thread.objects.all() if it in closed]\n";
    assert!(views(once).is_empty());
}

#[test]
fn values_that_a_method_field_gives_are_asked_for() {
    let text = "from rest_framework import serializers, viewsets\nfrom .models import *\n\n\nclass RoomSerializer(serializers.ModelSerializer):\n    threads = serializers.SerializerMethodField()\n\n    class Meta:\n        model = Room\n        fields = ['threads']\n\n    def get_threads(self, room):\n        return room.threads.filter(closed=False).values_list('pk', flat=True)\n\n\nclass Rooms(viewsets.ReadOnlyModelViewSet):\n    queryset = Room.objects.all()\n    serializer_class = RoomSerializer\n";
    let sources = sources(&[("chat/models.py", MODELS), ("chat/views.py", text)]);
    let facts = found(&sources);
    let [asked] = facts.queries_in_loops.as_slice() else { panic!("{:?}", lines(&facts)) };
    // Where the method makes them.
    let at = text.find("room.threads").unwrap() as u32;
    let stands = |fact: &Fact<Box<str>>| match fact {
        Fact::Known(Sourced { origin: Origin::Written(spans), .. }) => spans.iter().any(|it| it.start == at),
        _ => false,
    };
    assert!(stands(&asked.call), "{:?}", asked.call);
    let values = text.replace(".values_list('pk', flat=True)", ".count()");
    assert_eq!(told(&[("chat/models.py", MODELS), ("chat/views.py", &values)]).len(), 1);
}
