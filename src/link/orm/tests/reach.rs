//! Who runs a loop, and what else is told of it.

use super::*;

/// The functions whose loops are told, and who runs them.
fn reached(files: &[(&str, &str)]) -> Vec<String> {
    let mut files = files.to_vec();
    files.push(("chat/models.py", MODELS));
    let facts = found(&sources(&files));
    let line = |it: &LazyLoad| format!("{} {:?}", it.about.anchor.entity, it.reach.known());
    facts.lazy_loads.iter().map(line).collect()
}

const LOOP: &str =
    "from .models import Thread\n\n\ndef names():\n    return [thread.room.name for thread in Thread.objects.all()]\n";

#[test]
fn callers_say_who_runs_a_loop() {
    let task = "from celery import shared_task\nfrom .models import Room\nfrom .lib import names\n\n\n@shared_task\ndef nightly():\n    names()\n";
    let view = "from .models import Room\nfrom .tasks import nightly\n\n\ndef start(request):\n    nightly.delay()\n";
    let told = |more: &[(&str, &str)]| {
        let mut files = vec![("chat/lib.py", LOOP)];
        files.extend(more);
        reached(&files).join("; ")
    };
    let of = |reach: &str| format!("names:room Some({reach})");
    assert_eq!(told(&[]), of("Requests"));
    assert_eq!(told(&[("chat/tasks.py", task)]), of("Tasks"));
    assert_eq!(told(&[("chat/tasks.py", task), ("chat/views.py", view)]), of("Tasks"));
    // What is called at once runs in the request, whatever it is decorated with.
    let at_once = view.replace(".delay()", "()");
    assert_eq!(told(&[("chat/tasks.py", task), ("chat/views.py", &at_once)]), of("Requests"));
    let later = view.replace("nightly.delay()", "on_commit(lambda: names())");
    assert_eq!(told(&[("chat/tasks.py", task), ("chat/views.py", &later)]), of("Requests"));
    let by_name = view.replace("nightly.delay()", "getattr(lib, 'names')()");
    assert_eq!(told(&[("chat/tasks.py", task), ("chat/views.py", &by_name)]), of("Requests"));
    let command = "from chat.models import Room\nfrom chat.lib import names\n\n\nclass Command:\n    def handle(self):\n        names()\n";
    assert_eq!(told(&[("chat/management/commands/show.py", command)]), of("Commands"));
    let admin = "from django.contrib import admin\nfrom .models import Room\nfrom .lib import names\n\n\n@admin.action()\ndef show(modeladmin, request, queryset):\n    names()\n";
    assert_eq!(told(&[("chat/admin.py", admin)]), of("Admin"));
    assert_eq!(told(&[("chat/admin.py", admin), ("chat/tasks.py", task)]), of("Admin"));
}

#[test]
fn what_a_program_does_when_it_starts_is_no_request() {
    let rooms = "[thread.room.name for thread in Thread.objects.all()]";
    let program = format!(
        "from traitlets.config import Application\nfrom .models import Thread\n\n\nclass Hub(Application):\n    def init_threads(self):\n        return {rooms}\n\n    def start(self):\n        self.init_threads()\n"
    );
    assert_eq!(reached(&[("chat/app.py", &program)]), ["Hub.init_threads:room Some(Commands)"]);
    let other = "from .models import Room\n\n\nclass View:\n    def get(self, request):\n        self.server.start()\n";
    assert_eq!(
        reached(&[("chat/app.py", &program), ("chat/views.py", other)]),
        ["Hub.init_threads:room Some(Commands)"]
    );
    // What a view calls of it, requests wait for.
    let view = "from .models import Room\nfrom .app import hub\n\n\ndef show(request):\n    hub.init_threads()\n";
    let told = reached(&[("chat/app.py", &program), ("chat/views.py", view)]);
    assert_eq!(told, ["Hub.init_threads:room Some(Requests)"]);
    let command =
        format!("import click\nfrom .models import Thread\n\n\n@click.command()\ndef show():\n    return {rooms}\n");
    assert_eq!(reached(&[("chat/cli.py", &command)]), ["show:room Some(Commands)"]);
    let flask = command.replace("import click\n", "from . import app\n").replace("@click.", "@app.cli.");
    assert_eq!(reached(&[("chat/cli.py", &flask)]), ["show:room Some(Commands)"]);
    let bot = flask.replace("@app.cli.", "@bot.");
    assert_eq!(reached(&[("chat/bot.py", &bot)]), ["show:room Some(Requests)"]);
    let ready = format!(
        "from django.apps import AppConfig\nfrom .models import Thread\n\n\nclass ChatConfig(AppConfig):\n    def ready(self):\n        return {rooms}\n"
    );
    assert_eq!(reached(&[("chat/apps.py", &ready)]), ["ChatConfig.ready:room Some(Commands)"]);
}

#[test]
fn an_app_that_is_named_management_serves() {
    assert_eq!(reached(&[("chat/management/views.py", &LOOP.replace(".models", "chat.models"))]).len(), 1);
    let told = reached(&[("management/views.py", &LOOP.replace(".models", "chat.models"))]);
    assert_eq!(told, ["names:room Some(Requests)"]);
}

#[test]
fn a_method_that_a_template_can_name_serves() {
    let models = "from django.db import models\n\n\nclass Room(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Seat(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n\n    def rooms(self):\n        return [seat.room.name for seat in Seat.objects.all()]\n\n    def rooms_of(self, user):\n        return [seat.room.name for seat in Seat.objects.all()]\n";
    let task = "from celery import shared_task\nfrom .models import Seat\n\n\n@shared_task\ndef nightly(user):\n    seat = Seat.objects.first()\n    seat.rooms()\n    seat.rooms_of(user)\n";
    let told = reached(&[("hall/models.py", models), ("hall/tasks.py", task)]);
    assert_eq!(told, ["Seat.rooms:room Some(Requests)", "Seat.rooms_of:room Some(Tasks)"]);
}

#[test]
fn receivers_of_signals_are_told_of_with_the_write() {
    let told = |more: &str| {
        let text = format!(
            "from django.db.models.signals import post_save\nfrom django.dispatch import receiver\nfrom .models import *\n\n{more}\ndef mark():\n    for room in Room.objects.all():\n        room.name = room.pk\n        room.save()\n"
        );
        let facts = found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &text)]));
        facts.writes_in_loops[0].signals.known().copied()
    };
    assert_eq!(told(""), Some(false));
    assert_eq!(told("@receiver(post_save, sender=Room)\ndef hear(sender, **kwargs):\n    pass\n"), Some(true));
    assert_eq!(told("@receiver([post_save], sender=Tag)\ndef hear(sender, **kwargs):\n    pass\n"), Some(false));
    assert_eq!(told("@receiver(post_save)\ndef hear(sender, **kwargs):\n    pass\n"), Some(true));
    assert_eq!(told("def ready():\n    post_save.connect(hear, sender=Room)\n"), Some(true));
}

#[test]
fn what_one_line_asks_is_one_fact() {
    let text = "def both(thread):\n    return thread.messages.count(), thread.tags.filter(label='a').exists(), Room.objects.get(pk=thread.pk)\n\ndef get():\n    return [both(thread) for thread in Thread.objects.all()]\n";
    let facts =
        found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &format!("from .models import *\n\n{text}"))]));
    let calls: Vec<_> = facts.queries_in_loops.iter().filter_map(|it| it.call.known()).collect();
    assert_eq!(calls, [&Box::from("thread.messages.count(), thread.tags.filter(...).exists(), Room.objects.get(...)")]);
}

#[test]
fn a_place_that_several_loops_come_to_is_told_of_the_one_that_clients_wait_for() {
    let models = MODELS.replace(
        "    def labels(self):",
        "    @property\n    def size(self):\n        return Message.objects.filter(thread=self).count()\n\n    def labels(self):",
    );
    let admin = "from django.contrib import admin\nfrom .models import Thread\n\n\n@admin.register(Thread)\nclass ThreadAdmin(admin.ModelAdmin):\n    list_display = (\"id\", \"size\")\n";
    let views =
        "from .models import Thread\n\n\ndef sizes(request):\n    return [it.size for it in Thread.objects.all()]\n";
    let files = [("chat/admin.py", admin), ("chat/models.py", &*models), ("chat/views.py", views)];
    let told = told(&files);
    assert!(told[0].starts_with("query sizes:"), "{told:?}");
    assert_eq!(told.len(), 1);
}
