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
    let thread = "import threading\nfrom .models import Room\nfrom .lib import names\n\n\ndef start(request):\n    threading.Thread(target=names).start()\n";
    assert_eq!(told(&[("chat/views.py", thread)]), of("Tasks"));
    let job = "from .models import Room\nfrom .lib import names\n\n\ndef start(request, scheduler, locked):\n    scheduler.add_job(locked, args=(names, 1))\n";
    assert_eq!(told(&[("chat/views.py", job)]), of("Tasks"));
    let admin = "from django.contrib import admin\nfrom .models import Room\nfrom .lib import names\n\n\n@admin.action()\ndef show(modeladmin, request, queryset):\n    names()\n";
    assert_eq!(told(&[("chat/admin.py", admin)]), of("Admin"));
    assert_eq!(told(&[("chat/admin.py", admin), ("chat/tasks.py", task)]), of("Admin"));
}

#[test]
fn what_a_turn_waits_for_elsewhere_is_told() {
    let mail = "import stripe\n\n\nclass Client:\n    def send(self, text):\n        return self.post(text)\n\n    def post(self, text):\n        return stripe.Charge.create(text)\n";
    let told = |head: &str, body: &str| {
        let code = format!(
            "import boto3\nimport requests\nfrom .mail import Client\nfrom .models import Thread\n\n\n{head}def work(s3=boto3.client('s3')):\n    for thread in Thread.objects.all():\n{body}"
        );
        let facts = found(&sources(&[("chat/mail.py", mail), ("chat/models.py", MODELS), ("chat/work.py", &code)]));
        let waits = facts.lazy_loads.iter().map(|it| it.waits.known().map_or("-".to_owned(), |it| it.to_string()));
        waits.collect::<Vec<_>>().join(", ")
    };
    let read = "        print(thread.room.name)\n";
    assert_eq!(told("", read), "-");
    assert_eq!(told("", &format!("        requests.get(thread.url, timeout=5)\n{read}")), "requests.get(...)");
    assert_eq!(
        told("", &format!("        boto3.client('s3').put_object(Key=thread.pk)\n{read}")),
        "boto3.client(...).put_object(...)"
    );
    // By a function of the repository, and by a file that has nothing to do with the mapper.
    let push = "def push(thread):\n    requests.post(thread.url)\n\n\n";
    assert_eq!(told(push, &format!("        push(thread)\n{read}")), "requests.post(...)");
    assert_eq!(told("", &format!("        Client().send(thread.pk)\n{read}")), "Client().send(...)");
    // What is only made asks nobody, nor does what is asked in the odd turn, or for all of them.
    assert_eq!(told("", &format!("        session = requests.Session()\n{read}")), "-");
    assert_eq!(told("", &format!("        if thread.is_new:\n            requests.get(thread.url)\n{read}")), "-");
    assert_eq!(told("", &format!("{read}    requests.get('https://done.example')\n")), "-");
    // What stands in the same branch waits as often.
    let branch =
        "        if thread.is_new:\n            requests.get(thread.url)\n            print(thread.room.name)\n";
    assert_eq!(told("", branch), "requests.get(...)");
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
    let models = "from django.db import models\n\n\nclass Room(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Seat(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n\n    def all_rooms(self):\n        return [seat.room.name for seat in Seat.objects.all()]\n\n    def rooms_of_all(self, user):\n        return [seat.room.name for seat in Seat.objects.all()]\n";
    let task = "from celery import shared_task\nfrom .models import Seat\n\n\n@shared_task\ndef nightly(user):\n    seat = Seat.objects.first()\n    seat.all_rooms()\n    seat.rooms_of_all(user)\n";
    let told = reached(&[("hall/models.py", models), ("hall/tasks.py", task)]);
    assert_eq!(told, ["Seat.all_rooms:room Some(Tasks)", "Seat.rooms_of_all:room Some(Tasks)"]);
    let page = "{% for seat in seats %}{{ seat.all_rooms }}{% endfor %}";
    let told = reached(&[("hall/models.py", models), ("hall/tasks.py", task), ("hall/templates/seats.html", page)]);
    assert_eq!(told, ["Seat.all_rooms:room Some(Requests)", "Seat.rooms_of_all:room Some(Tasks)"]);
    let serializer = "from rest_framework import serializers\nfrom .models import Seat\n\n\nclass SeatSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Seat\n        fields = ['all_rooms']\n";
    let told = reached(&[("hall/models.py", models), ("hall/tasks.py", task), ("hall/serializers.py", serializer)]);
    assert!(told.contains(&"Seat.all_rooms:room Some(Requests)".to_owned()), "{told:?}");
    // Of what nobody names, nobody knows.
    assert!(reached(&[("hall/models.py", models)]).contains(&"Seat.all_rooms:room Some(Requests)".to_owned()));
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

/// Who runs the loop of [`LOOP`] beside other files.
fn runs(more: &[(&str, &str)]) -> String {
    let mut files = vec![("chat/lib.py", LOOP)];
    files.extend(more);
    let all = reached(&files);
    let name = |it: &String| it.strip_prefix("names:room Some(").and_then(|it| it.strip_suffix(')')).map(String::from);
    all.iter().find_map(name).unwrap_or_default()
}

const MANAGE: (&str, &str) = ("manage.py", "import os\n");

#[test]
fn a_name_is_the_one_that_is_imported() {
    let task = "from celery import shared_task\nfrom .models import Room\nfrom .lib import names as list_names\n\n\n@shared_task\ndef names():\n    list_names()\n";
    assert_eq!(runs(&[("chat/tasks.py", task)]), "Tasks");
    // A test that gives it another name says nothing of who runs it.
    let test = "from chat.lib import names as all_names\n\n\ndef test_names():\n    all_names()\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/tests/test_lib.py", test)]), "Tasks");
    // Others have the name, too.
    let other = "from .models import Room\nfrom elsewhere import names\nimport faker\n\n\ndef show(request):\n    names()\n    faker.names()\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", other)]), "Tasks");
    let own = "from .models import Room\n\n\ndef names():\n    return []\n\n\ndef show(request):\n    names()\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", own)]), "Tasks");
    let here = "from . import lib\nfrom .models import Room\n\n\ndef show(request):\n    lib.names()\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", here)]), "Requests");
    let unknown = "from .models import Room\n\n\ndef show(request, lib):\n    lib.names()\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", unknown)]), "Requests");
    // A package hands it on by another name.
    let package = "from .lib import names as list_names\n";
    let plain = "from chat import list_names\n\n\ndef show(client):\n    list_names()\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/__init__.py", package), ("web/show.py", plain)]), "Requests");
    // A text is no path to a function of a module.
    let text = "from .models import Room\n\n\ndef show(request):\n    return 'names'\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", text)]), "Tasks");
    let path = text.replace("'names'", "'chat.lib.names'");
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", &path)]), "Requests");
}

#[test]
fn what_is_put_into_a_queue_is_a_task() {
    let told = |text: &str| {
        let views = format!(
            "from django.db import transaction\nfrom .models import Room\nfrom .lib import names\nfrom . import tasks\n\n\n{text}"
        );
        runs(&[("chat/views.py", &views)])
    };
    assert_eq!(told("def show(request, queue):\n    queue.enqueue(names, 1)\n"), "Tasks");
    assert_eq!(told("def show(request, queue):\n    queue.enqueue_in(later, names)\n"), "Tasks");
    assert_eq!(told("def show(request, queue):\n    queue.enqueue(names, 1)\n    names()\n"), "Requests");
    let helper = "def schedule_job(function, at=None):\n    queue.enqueue(function)\n\n\ndef put(job):\n    schedule_job(at=1, function=job)\n\n\n";
    assert_eq!(told(&format!("{helper}def show(request):\n    put(names)\n")), "Tasks");
    assert_eq!(told(&format!("{helper}def show(request):\n    other(names)\n")), "Requests");
    // A file that says nothing to a mapper.
    let helper = format!("from .models import Room\n\n\n{helper}");
    let cron = "from chat.jobs import schedule_job\nfrom chat.lib import names\n\n\ndef jobs():\n    schedule_job(\n        function=names,\n        cron='0 1 * * *',\n    )\n";
    assert_eq!(runs(&[("chat/jobs.py", &helper), ("cron.py", cron)]), "Tasks");
    let plain = "def schedule_job(function, at=None):\n    with Scheduler() as scheduler:\n        scheduler.enqueue_in(at, function=function)\n";
    assert_eq!(runs(&[("chat/jobs.py", plain), ("cron.py", cron)]), "Tasks");
    let view = "from .models import Room\nfrom .jobs import schedule_job\nfrom .lib import names\n\n\ndef show(request):\n    schedule_job(function=names)\n";
    assert_eq!(runs(&[("chat/jobs.py", plain), ("chat/views.py", view)]), "Tasks");
    let method = "from .models import Room\nfrom .lib import names\n\n\nclass Finder:\n    def find(self, function):\n        queue.enqueue(function)\n\n\ndef show(request):\n    finder = Finder()\n    finder.find(names)\n";
    assert_eq!(runs(&[("chat/views.py", method)]), "Tasks");
    let task = "from celery import shared_task\nfrom .models import Room\nfrom .lib import names\n\n\n@shared_task\ndef nightly():\n    names()\n";
    let views = "from django.db import transaction\nfrom .models import Room\nfrom . import tasks\n\n\ndef show(request):\n    transaction.on_commit(lambda: tasks.nightly.delay(1))\n";
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", views)]), "Tasks");
    let at_once = views.replace(".delay(1)", "(1)");
    assert_eq!(runs(&[("chat/tasks.py", task), ("chat/views.py", &at_once)]), "Requests");
    assert_eq!(
        runs(&[(
            "chat/management/commands/show.py",
            &task.replace(".models", "chat.models").replace(".lib", "chat.lib")
        )]),
        "Tasks"
    );
}

#[test]
fn nobody_runs_what_nobody_names() {
    assert_eq!(runs(&[MANAGE]), "Commands");
    let ready = "from django.apps import AppConfig\nfrom django.db import models\nfrom django.db.models.signals import post_migrate\nfrom .lib import names\n\n\nclass ChatConfig(AppConfig):\n    def ready(self):\n        post_migrate.connect(names, sender=self)\n";
    assert_eq!(runs(&[("chat/apps.py", ready)]), "Commands");
    assert_eq!(runs(&[("chat/apps.py", &ready.replace("post_migrate", "post_save"))]), "Requests");
    let script = "import typer\nfrom chat.models import Room\nfrom chat.lib import names\n\n\ndef main():\n    names()\n\n\nif __name__ == '__main__':\n    typer.run(main)\n";
    assert_eq!(runs(&[("run_names.py", script)]), "Commands");
}

#[test]
fn a_class_that_nobody_names_has_no_instance() {
    let lib = "from chat.models import Thread\n\n\nclass Exporter:\n    def export(self):\n        self.get_rooms()\n\n    def get_rooms(self):\n        return [thread.room.name for thread in Thread.objects.all()]\n";
    let view = "from .models import Room\n\n\ndef show(request, thing):\n    thing.get_rooms()\n";
    let told = |lib: &str| reached(&[MANAGE, ("chat/lib.py", lib), ("chat/views.py", view)]).join("; ");
    assert_eq!(told(lib), "Exporter.get_rooms:room Some(Commands)");
    // Settings name backends.
    let backend = lib.replace("Exporter", "ExportBackend");
    assert_eq!(told(&backend), "ExportBackend.get_rooms:room Some(Requests)");
}

#[test]
fn a_method_needs_an_instance_of_its_class() {
    let lib = "from chat.models import Thread\n\n\nclass Exporter:\n    def get_rooms(self):\n        return [thread.room.name for thread in Thread.objects.all()]\n";
    let script =
        "from chat.models import Room\nfrom chat.lib import Exporter\n\n\ndef main():\n    Exporter().get_rooms()\n";
    let view = "from .models import Room\n\n\ndef show(request, thing):\n    thing.get_rooms()\n";
    let told = |more: &[(&str, &str)]| {
        let mut files = vec![("chat/lib.py", lib), ("scripts/export.py", script), ("chat/views.py", view)];
        files.extend(more);
        reached(&files).join("; ")
    };
    assert_eq!(told(&[]), "Exporter.get_rooms:room Some(Commands)");
    // Python calls `__init__` for those who make one.
    let keeper = "from chat.models import Room\nfrom chat.lib import Exporter\n\n\nclass Keeper:\n    def __init__(self):\n        self.exporter = Exporter()\n";
    assert_eq!(told(&[("chat/keeper.py", keeper)]), "Exporter.get_rooms:room Some(Requests)");
    let made = format!("{keeper}\n\ndef main():\n    Keeper()\n");
    assert_eq!(told(&[("scripts/keeper.py", &made)]), "Exporter.get_rooms:room Some(Commands)");
    let top = "from .models import Room\nfrom .lib import Exporter\n\n\nit = Exporter()\n";
    assert_eq!(told(&[("chat/things.py", top)]), "Exporter.get_rooms:room Some(Requests)");
    // One of a family may be made without being named.
    let family = "from .models import Room\nfrom .lib import Exporter\n\n\nclass Other(Exporter):\n    pass\n";
    assert_eq!(told(&[("chat/things.py", family)]), "Exporter.get_rooms:room Some(Requests)");
}

#[test]
fn natural_keys_are_for_fixtures() {
    let models = "from django.db import models\n\n\nclass RoomManager(models.Manager):\n    def get_by_natural_key(self, name):\n        return [seat.room.name for seat in Seat.objects.filter(room__name=name)]\n\n\nclass Room(models.Model):\n    name = models.CharField(max_length=9)\n    objects = RoomManager()\n\n\nclass Seat(models.Model):\n    room = models.ForeignKey(Room, on_delete=models.CASCADE)\n";
    assert_eq!(reached(&[("hall/models.py", models)]), ["RoomManager.get_by_natural_key:room Some(Commands)"]);
    let users = models.replace("(models.Manager)", "(BaseUserManager)").replace(
        "from django.db import models\n",
        "from django.db import models\nfrom django.contrib.auth.models import BaseUserManager\n",
    );
    assert_eq!(reached(&[("hall/models.py", &users)]), ["RoomManager.get_by_natural_key:room Some(Requests)"]);
}

const STAFF: &str = "from django.contrib.auth.mixins import PermissionRequiredMixin\nfrom django.shortcuts import render\nfrom django.views.generic import FormView\nfrom .forms import RoomForm\nfrom chat.models import *\n\n\nclass Rooms(PermissionRequiredMixin, FormView):\n    form_class = RoomForm\n\n    def get(self, request):\n        return render(request, 'rooms.html', {'threads': Thread.objects.all()})\n";

#[test]
fn templates_and_forms_run_where_views_use_them() {
    let page = "{% for thread in threads %}{{ thread.room.name }}{% endfor %}";
    let form = "from django import forms\nfrom chat.models import *\n\n\nclass RoomForm(forms.Form):\n    def clean(self):\n        return [thread.room.name for thread in Thread.objects.all()]\n";
    let site = "from django.shortcuts import render\nfrom admin.forms import RoomForm\nfrom chat.models import *\n\n\ndef show(request):\n    RoomForm(request.POST)\n    return render(request, 'rooms.html', {})\n";
    let files = [("admin/views.py", STAFF), ("admin/forms.py", form), ("admin/templates/rooms.html", page)];
    assert_eq!(reached(&files), ["RoomForm.clean:room Some(Admin)", "template:room Some(Admin)"]);
    let mut both = files.to_vec();
    both.push(("chat/views.py", site));
    assert_eq!(reached(&both), ["RoomForm.clean:room Some(Requests)", "template:room Some(Requests)"]);
    // What nobody is seen to render may be rendered by anybody.
    let alone = reached(&[("admin/forms.py", form), ("admin/templates/rooms.html", page)]);
    assert!(alone[0].contains("RoomForm.clean:room Some(Requests)"), "{alone:?}");
}

#[test]
fn a_method_is_of_the_classes_that_a_value_may_be_of() {
    let lib = "from chat.models import *\n\n\nclass Base:\n    def load(self):\n        pass\n\n\nclass Near(Base):\n    def load(self):\n        return [thread.room.name for thread in Thread.objects.all()]\n\n\nclass Far(Base):\n    def load(self):\n        return [thread.room.name for thread in Thread.objects.all()]\n\n\ndef choose(kind):\n    if kind:\n        return Base()\n    return Near()\n";
    let task = "from celery import shared_task\nfrom .lib import choose\nfrom .models import Room\n\n\n@shared_task\ndef nightly(kind):\n    loader = choose(kind)\n    loader.load()\n";
    let command = "from chat.lib import Far\nfrom chat.models import Room\n\n\ndef main():\n    Far().load()\n";
    let told = reached(&[("chat/lib.py", lib), ("chat/tasks.py", task), ("scripts/far.py", command)]);
    assert_eq!(told, ["Near.load:room Some(Tasks)", "Far.load:room Some(Commands)"]);
    let own = "from chat.models import *\n\n\nclass Job:\n    def load(self):\n        return [thread.room.name for thread in Thread.objects.all()]\n\n    def go(self):\n        self.load()\n";
    let view = "from chat.models import Room\n\n\nclass View:\n    def load(self):\n        pass\n\n    def get(self, request):\n        self.load()\n";
    let command = "from chat.job import Job\nfrom chat.models import Room\n\n\ndef main():\n    Job().go()\n";
    let told = reached(&[("chat/job.py", own), ("chat/views.py", view), ("scripts/job.py", command)]);
    assert_eq!(told, ["Job.load:room Some(Commands)"]);
}

#[test]
fn what_a_server_calls_again_and_again_is_no_command() {
    let program = "from traitlets.config import Application\nfrom tornado.ioloop import PeriodicCallback\nfrom .models import Thread\n\n\nclass Hub(Application):\n    def update(self):\n        return [thread.room.name for thread in Thread.objects.all()]\n\n    def start(self):\n        PeriodicCallback(self.update, 300).start()\n";
    assert_eq!(reached(&[("chat/app.py", program)]), ["Hub.update:room Some(Requests)"]);
}

#[test]
fn a_branch_that_settings_rule_out_calls_nobody() {
    let view = "from django.conf import settings\nfrom .lib import names\nfrom .models import Room\n\n\ndef show(request, queue):\n    if settings.USE_QUEUE:\n        queue.enqueue(names)\n    else:\n        names()\n";
    let settings = ("site/settings.py", "INSTALLED_APPS = []\nUSE_QUEUE = True\n");
    assert_eq!(runs(&[("chat/views.py", view), settings]), "Tasks");
    assert_eq!(runs(&[("chat/views.py", view)]), "Requests");
}

#[test]
fn what_a_table_of_times_names_is_a_task() {
    let cron = "from rq.cron import register\nfrom chat import lib\n\nregister(\n    lib.names,\n    queue_name='low',\n    cron='0 0 * * *',\n)\n";
    assert_eq!(runs(&[MANAGE, ("site/cron_config.py", cron)]), "Tasks");
    let read = format!("from chat.models import Room\n{cron}");
    assert_eq!(runs(&[MANAGE, ("site/cron_config.py", &read)]), "Tasks");
}

#[test]
fn views_that_turn_others_away_are_of_staff() {
    let of = |mixin: &str, view: &str| {
        let code = format!(
            "from django.contrib.auth.mixins import AccessMixin\nfrom django.views.generic import View\nfrom rest_framework.permissions import BasePermission\nfrom rest_framework.views import APIView\nfrom .models import Thread\n\n\n{mixin}\n\n\n{view}\n    def get(self, request):\n        return [thread.room.name for thread in Thread.objects.all()]\n"
        );
        reached(&[("chat/views.py", &code)]).join("; ")
    };
    let keeper = |test: &str, then: &str| {
        format!(
            "class Guarded(AccessMixin):\n    def dispatch(self, request):\n        if {test}:\n            {then}\n        return super().dispatch(request)\n"
        )
    };
    let view = "class Names(Guarded, View):";
    let away = keeper("not request.user.is_staff", "return self.handle_no_permission()");
    assert_eq!(of(&away, view), "Names.get:room Some(Admin)");
    // Who only looks at it lets all in, and so does who lets others in besides.
    let looks = keeper("request.user.is_staff", "self.wide = True");
    assert_eq!(of(&looks, view), "Names.get:room Some(Requests)");
    let others = keeper("not (request.user.is_staff or request.user.pk)", "return self.handle_no_permission()");
    assert_eq!(of(&others, view), "Names.get:room Some(Requests)");
    let permission = |answer: &str| {
        format!(
            "class Trusted(BasePermission):\n    def has_permission(self, request, view):\n        return {answer}\n"
        )
    };
    let view = "class Names(APIView):\n    permission_classes = [Trusted]\n";
    assert_eq!(of(&permission("request.user.is_superuser"), view), "Names.get:room Some(Admin)");
    let readers = permission("request.method == 'GET' or request.user.is_superuser");
    assert_eq!(of(&readers, view), "Names.get:room Some(Requests)");
}

#[test]
fn a_method_of_a_model_that_nothing_names_is_run_by_nobody() {
    let models = MODELS.replace("    def labels(self):", "    def listing(self):\n        return [it.author.username for it in self.messages.all()]\n\n    def labels(self):");
    let of = |more: &[(&str, &str)]| {
        let mut files = vec![
            ("chat/models.py", &*models),
            (
                "manage.py",
                "import os\nfrom django.core.management import execute_from_command_line\n\nexecute_from_command_line([])\n",
            ),
        ];
        files.extend(more);
        let facts = found(&sources(&files));
        let of = facts.lazy_loads.iter().filter(|it| it.about.anchor.entity.contains("listing"));
        of.map(|it| *it.reach.known().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(of(&[]), [Reach::Commands]);
    assert_eq!(of(&[("chat/templates/a.html", "{{ thread.listing }}")]), [Reach::Requests]);
    let view = "from .models import *\n\n\ndef show(request, pk):\n    return Thread.objects.get(pk=pk).listing()\n";
    let urls = "from django.urls import path\nfrom .views import show\n\nurlpatterns = [path(\"\", show)]\n";
    assert_eq!(of(&[("chat/views.py", view), ("chat/urls.py", urls)]), [Reach::Requests]);
}
