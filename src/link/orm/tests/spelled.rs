//! Lists of a row of which nobody knows where it comes from: what no text spells below them is loaded by nobody.

use super::*;

const OF_ONE: &str = "def owners(room: Room):\n    return [thread.starter.username for thread in room.threads.all()]\n";

#[test]
fn what_nobody_spells_is_loaded_by_nobody() {
    assert_eq!(views(OF_ONE), [r#"lazy owners:starter: select_related("starter") (no fix)"#]);
    let method = format!(
        "{MODELS}\n    def names(self):\n        return [it.author.username for it in self.thread.messages.all()]\n"
    );
    assert_eq!(told(&[("chat/models.py", &method)]), [r#"lazy Pin.names:author: select_related("author")"#]);
}

#[test]
fn what_somebody_spells_may_be_loaded() {
    let others = [
        "Room.objects.prefetch_related('threads__starter')",
        "Room.objects.prefetch_related(Prefetch('threads', queryset=Thread.objects.select_related('starter')))",
        "load(Room, ['threads__starter'])",
        "load(Room, f'{prefix}__threads__starter')",
        "load(Room, prefix + '__starter')",
        "Room.objects.prefetch_related(Prefetch(name, queryset=rows))",
    ];
    for other in others {
        assert!(views(&format!("{OF_ONE}\n\nrooms = {other}\n")).is_empty(), "{other}");
    }
    // Of another list, or without what is read of its rows.
    for other in ["Room.objects.prefetch_related('threads')", "Thread.objects.prefetch_related('messages__starter')"] {
        assert!(!views(&format!("{OF_ONE}\n\nrooms = {other}\n")).is_empty(), "{other}");
    }
    assert!(views(&format!("from query_optimizer import optimize\n\n\n{OF_ONE}")).is_empty());
}
