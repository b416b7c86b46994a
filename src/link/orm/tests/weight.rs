//! What makes a loop matter less, and what is said of it.

use super::*;

const EVENTS: &str = r#"
from django.db import models


class Hall(models.Model):
    name = models.CharField(max_length=80)


class Event(models.Model):
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="events")
    title = models.CharField(max_length=80)
    start = models.DateTimeField()
    end = models.DateTimeField()
    day = models.DateField()
    seats = models.IntegerField(default=0)


class Ticket(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tickets")
    price = models.IntegerField(default=0)
"#;

/// By how much each loop of some views matters less, and why.
fn less(views: &str) -> Vec<String> {
    let settings = "from decouple import config\n\nINSTALLED_APPS = []\nREHEARSAL = config('REHEARSAL', default=False, cast=bool)\nPLAIN = False\nFULL = config('FULL')\n";
    let views = format!("from django.conf import settings\nfrom .models import *\n\n\n{views}");
    let files = [("hall/models.py", EVENTS), ("hall/views.py", &views), ("site/settings.py", settings)];
    let facts = found(&sources(&files));
    let said = |steps: &Fact<u64>, because: &Fact<Box<str>>| {
        let because = because.known().map_or_else(String::new, |it| format!(": {it}"));
        format!("{}{because}", steps.known().unwrap_or(&0))
    };
    let loads = facts.lazy_loads.iter().map(|it| said(&it.steps, &it.because));
    let queries = facts.queries_in_loops.iter().map(|it| said(&it.steps, &it.because));
    let writes = facts.writes_in_loops.iter().map(|it| said(&it.steps, &it.because));
    loads.chain(queries).chain(writes).collect()
}

const READ: &str = "for event in Event.objects.all():\n";

#[test]
fn what_each_request_reads_matters_most() {
    assert_eq!(less(&format!("def show(request):\n    {READ}        print(event.hall.name)\n")), ["0"]);
}

#[test]
fn a_branch_that_a_request_may_ask_for() {
    let asked = "1: only requests that ask for it come to it";
    let behind = |test: &str| {
        less(&format!(
            "def show(request, full=False):\n    if {test}:\n        {READ}            print(event.hall.name)\n"
        ))
    };
    assert_eq!(behind("request.GET.get('full')"), [asked]);
    assert_eq!(behind("request.GET.get('full') == 'yes'"), [asked]);
    assert_eq!(behind("'full' in request.GET"), [asked]);
    // What a view gets besides the request stands in its address.
    assert_eq!(behind("full"), ["0"]);
    let given = format!("def show(full=False):\n    if full:\n        {READ}            print(event.hall.name)\n");
    assert_eq!(less(&given), [asked]);
    assert_eq!(behind("request.method == 'GET'"), ["0"]);
    assert_eq!(behind("not request.GET.get('full')"), ["0"]);
    let kept = format!(
        "def show(request):\n    full = request.GET.get('full')\n    if full:\n        {READ}            print(event.hall.name)\n"
    );
    assert_eq!(less(&kept), [asked]);
    // What one caller gives all the same is run by all that come there.
    let given = format!(
        "def show(request):\n    names(True)\n\n\ndef names(full=False):\n    if full:\n        {READ}            print(event.hall.name)\n"
    );
    assert_eq!(less(&given), ["0"]);
}

#[test]
fn a_setting_that_is_off() {
    let behind = |test: &str| {
        less(&format!("def show(request):\n    if {test}:\n        {READ}            print(event.hall.name)\n"))
    };
    let off = |name: &str| format!("2: it runs only where `settings.{name}` is on, which is off by default");
    assert_eq!(behind("settings.REHEARSAL"), [off("REHEARSAL")]);
    assert_eq!(behind("settings.PLAIN"), [off("PLAIN")]);
    assert_eq!(behind("settings.FULL"), ["0"]);
    assert_eq!(behind("not settings.PLAIN"), ["0"]);
}

#[test]
fn rows_of_one_time() {
    let of = |rows: &str| {
        less(&format!("def show(request, now):\n    for event in {rows}:\n        print(event.hall.name)\n"))
    };
    let period = "1: there are as many turns as one period has rows";
    let moment = "1: there are as many turns as one moment has rows";
    assert_eq!(of("Event.objects.filter(start__lt=now, end__gt=now)"), [moment]);
    assert_eq!(of("Event.objects.filter(start__lt=now, start__gt=now)"), [period]);
    assert_eq!(of("Event.objects.filter(start__range=now)"), [period]);
    assert_eq!(of("Event.objects.filter(start=now)"), ["0"], "a moment is the mark of what was written together");
    let day = "2: there are as many turns as one day has rows";
    assert_eq!(of("Event.objects.filter(start__date=now)"), [day]);
    assert_eq!(of("Event.objects.filter(day=now)"), [day]);
    assert_eq!(of("Event.objects.filter(day=None)"), ["0"], "rows that have none");
    assert_eq!(of("Event.objects.filter(start__range=(now, now.replace(hour=23, minute=59)))"), [day]);
    let given = "def show(request, now):\n    until = now.replace(hour=23)\n    names(now, until)\n\n\ndef names(since, until):\n    for event in Event.objects.filter(start__range=(since, until)):\n        print(event.hall.name)\n";
    assert!(less(given).contains(&day.to_owned()), "{:?}", less(given));
    let led_to = "def show(request, now):\n    halls = [event.hall for event in Event.objects.filter(day=now).select_related('hall')]\n    for hall in halls:\n        print(hall.events.filter(seats=0).count())\n";
    assert_eq!(less(led_to), [day], "each event leads to one hall");
    assert_eq!(of("Event.objects.filter(start__gte=now)"), ["0"]);
    assert_eq!(of("Event.objects.filter(seats__gt=1, seats__lt=now)"), ["0"]);
}

#[test]
fn what_one_object_has_and_what_a_client_sends() {
    let one = "def show(request, pk):\n    hall = Hall.objects.get(pk=pk)\n    for event in hall.events.all():\n        print(event.tickets.filter(price=0).count())\n";
    assert_eq!(less(one), ["1"]);
    let key = "def show(request, pk):\n    ticket = Ticket.objects.get(pk=pk)\n    for other in Ticket.objects.filter(event_id=ticket.event_id):\n        print(Event.objects.filter(title=other.price).count())\n";
    assert_eq!(less(key), ["1"]);
    let sent = "def show(request):\n    for pk in request.POST.getlist('pk'):\n        print(Event.objects.get(pk=pk).title)\n";
    assert_eq!(less(sent), ["1: there are as many turns as one request brings values"]);
}

#[test]
fn what_stands_behind_a_condition_or_beside_a_write() {
    let some = format!("def show(request):\n    {READ}        if event.seats:\n            print(event.hall.name)\n");
    assert_eq!(less(&some), ["1"]);
    let row = format!("def show(request):\n    {READ}        print(event.hall.name if event else None)\n");
    assert_eq!(less(&row), ["0"], "the row of the loop is there");
    let other = format!("def show(request, now):\n    {READ}        print(event.hall.name if now else None)\n");
    assert_eq!(less(&other), ["1"]);
    // The test itself reads it.
    let test =
        format!("def show(request):\n    {READ}        if event.hall.name:\n            print(event.hall.name)\n");
    assert_eq!(less(&test), ["0"]);
    let beside = format!(
        "def show(request):\n    {READ}        event.seats = event.tickets.filter(price=0).count()\n        event.save()\n"
    );
    assert_eq!(less(&beside), ["1: each turn writes besides", "0"]);
}

#[test]
fn a_class_says_what_its_rows_are() {
    let models = "from django.db import models\n\n\nclass Sold:\n    def check(self):\n        if self.sort == 'show' and self.tickets.filter(price=0).exists():\n            print(self.pk)\n\n\nclass Owner(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Show(Sold, models.Model):\n    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name='owner_shows')\n    sort = 'show'\n\n\nclass Lecture(Sold, models.Model):\n    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name='owner_lectures')\n    sort = 'lecture'\n\n\nclass Ticket(models.Model):\n    price = models.IntegerField()\n    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name='tickets')\n    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name='tickets')\n";
    let of = |rows: &str| {
        let views = format!(
            "from .models import *\n\n\ndef show(request, owner):\n    for row in {rows}:\n        row.check()\n"
        );
        found(&sources(&[("hall/models.py", models), ("hall/views.py", &views)])).queries_in_loops.len()
    };
    assert_eq!([of("Show.objects.all()"), of("owner.owner_shows.all()")], [1, 1]);
    assert_eq!([of("Lecture.objects.all()"), of("owner.owner_lectures.all()")], [0, 0]);
}

/// The loop that each finding names, and the one around it.
fn loops(views: &str) -> Vec<String> {
    let views = format!("from .models import *\n\n\n{views}");
    let files = sources(&[("hall/models.py", EVENTS), ("hall/views.py", &views)]);
    let facts = found(&files);
    let text = files.by_path("hall/views.py").unwrap().text();
    let said = |over: &Fact<Box<str>>, around: &Fact<Box<str>>| {
        let at = |fact: &Fact<Box<str>>| {
            fact.span().map_or("-", |span| &text[span.start as usize..span.end as usize]).to_owned()
        };
        format!("{} in {}", at(over), at(around))
    };
    let loads = facts.lazy_loads.iter().map(|it| said(&it.over, &it.around));
    let queries = facts.queries_in_loops.iter().map(|it| said(&it.over, &it.around));
    let writes = facts.writes_in_loops.iter().map(|it| said(&it.over, &it.around));
    loads.chain(queries).chain(writes).collect()
}

#[test]
fn the_loop_that_is_named_is_the_one_that_it_differs_in() {
    let one =
        "def show(request):\n    for hall in Hall.objects.all():\n        print(hall.events.filter(seats=1).count())\n";
    assert_eq!(loops(one), ["for hall in Hall.objects.all() in -"]);
    let two = "def show(request):\n    for hall in Hall.objects.all():\n        fill(hall, request.names())\n\n\ndef fill(hall, titles):\n    for title in titles:\n        Event.objects.create(hall=hall, title=title)\n";
    assert_eq!(loops(two), ["for title in titles in for hall in Hall.objects.all()"]);
    let asked = two.replace("create(hall=hall, title=title)", "filter(title=title).exists()");
    assert_eq!(loops(&asked), ["for title in titles in for hall in Hall.objects.all()"]);
    let of_outer = two.replace("create(hall=hall, title=title)", "filter(hall=hall).exists()");
    assert_eq!(loops(&of_outer), ["for hall in Hall.objects.all() in -"]);
    // Not all turns of the outer loop may come to the inner one.
    let some = two.replace("        fill(", "        if hall.name:\n            fill(");
    assert_eq!(less(&some), ["1"]);
    let files =
        sources(&[("hall/models.py", EVENTS), ("hall/views.py", &format!("from .models import *\n\n\n{some}"))]);
    let told = found(&files).writes_in_loops;
    assert!(told.iter().all(|it| it.seldom.known() == Some(&false)), "each turn of the loop that is named comes to it");
    let within = "def show(request):\n    for event in Event.objects.prefetch_related('tickets'):\n        for ticket in event.tickets.all():\n            print(ticket.event.hall.name)\n";
    assert_eq!(loops(within).len(), 1);
}

#[test]
fn pages_of_many_rows_are_no_turns_for_each() {
    let views = "from django.core.paginator import Paginator\n\n\ndef show(request):\n    for hall in Hall.objects.all():\n        for event in paged(Event.objects.filter(hall=hall)):\n            print(event.title)\n\n\ndef paged(rows):\n    paginator = Paginator(rows, 100)\n    for number in paginator.page_range:\n        page = paginator.page(number)\n        yield from page.object_list\n";
    assert!(loops(views).iter().all(|it| !it.starts_with("for number")), "{:?}", loops(views));
}

#[test]
fn what_a_template_reads_behind_a_test() {
    let page = |body: &str| {
        let views = "from django.shortcuts import render\nfrom .models import *\n\n\ndef show(request):\n    return render(request, 'list.html', {'events': Event.objects.all()})\n";
        let text = format!("{{% for event in events %}}{body}{{% endfor %}}");
        let files = [("hall/models.py", EVENTS), ("hall/views.py", views), ("hall/templates/list.html", &text)];
        let facts = found(&sources(&files));
        let said = |it: &LazyLoad| (*it.seldom.known().unwrap(), *it.steps.known().unwrap());
        facts.lazy_loads.iter().map(said).collect::<Vec<_>>()
    };
    assert_eq!(page("{{ event.hall.name }}"), [(false, 0)]);
    assert_eq!(page("{% if event.seats %}{{ event.hall.name }}{% endif %}"), [(true, 1)]);
    assert_eq!(page("{% if event.hall.name %}{{ event.title }}{% endif %}"), [(false, 0)]);
    assert_eq!(page("{% if event.seats and event.hall.name %}{{ event.title }}{% endif %}"), [(true, 1)]);
    let either = "{% if event.seats %}{{ event.hall.name }}{% else %}<b>{{ event.hall.name }}</b>{% endif %}";
    assert_eq!(page(either), [(false, 0)]);
    let some = "{% if event.seats %}{{ event.hall.name }}{% elif event.title %}<b>{{ event.hall.name }}</b>{% endif %}";
    assert_eq!(page(some), [(true, 1)]);
    let deep = format!("{{% if event.title %}}{either}{{% endif %}}");
    assert_eq!(page(&deep), [(true, 1)]);
    assert_eq!(page("{{ event.hall.name if event.seats else '' }}"), [(true, 1)]);
}

#[test]
fn a_transaction_for_each_turn() {
    let of = |body: &str| less(&format!("def show(request):\n    {READ}{body}"));
    let write = "Ticket.objects.create(event=event)\n";
    assert_eq!(of(&format!("        {write}")), ["0"]);
    let apart = format!("        with transaction.atomic():\n            {write}");
    assert_eq!(of(&apart), ["1: each turn is a transaction of its own"]);
    let alone = format!("        try:\n            {write}        except ValueError:\n            print(event)\n");
    assert_eq!(of(&alone), ["1: the loop goes on when a turn fails"]);
    let whole = format!("def show(request):\n    with transaction.atomic():\n        {READ}            {write}");
    assert_eq!(less(&whole), ["0"]);
    let both = whole.replace(write, &format!("with transaction.atomic():\n                {write}"));
    assert_eq!(less(&both), ["0"]);
}

#[test]
fn what_no_code_calls() {
    let manage = ("manage.py", "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n");
    let told = |views: &str| {
        let views = format!("from .models import *\n\n\n{views}");
        let facts = found(&sources(&[manage, ("hall/models.py", EVENTS), ("hall/views.py", &views)]));
        let said = facts.lazy_loads.iter().map(|it| it.because.known().map(|it| it.to_string()));
        said.collect::<Vec<_>>()
    };
    let halls = format!("def halls():\n    {READ}        print(event.hall.name)\n");
    assert_eq!(told(&halls), [Some("no code here calls `halls`".to_owned())]);
    assert_eq!(told(&format!("{halls}\n\ndef show(request):\n    halls()\n")), [None]);
    assert_eq!(told(&format!("import rq\n\n\n@rq.mark\n{halls}")), [None]);
}

#[test]
fn rows_of_one_that_a_filter_keeps() {
    let of_one = |rows: &str| {
        let views = format!(
            "from .models import *\n\n\ndef show(request, hall):\n    for event in {rows}:\n        print(event.tickets.count())\n"
        );
        let facts = found(&sources(&[("hall/models.py", EVENTS), ("hall/views.py", &views)]));
        let all = facts.queries_in_loops.iter().chain([]).map(|it| it.of_one.known().map(|it| it.to_string()));
        let lazy = facts.lazy_loads.iter().map(|it| it.of_one.known().map(|it| it.to_string()));
        all.chain(lazy).flatten().collect::<Vec<_>>()
    };
    let said = "one `Hall` has rows of `Event`";
    assert_eq!(of_one("Event.objects.filter(hall=hall)"), [said]);
    let about = "Event.objects.filter(content_type=get_content_type(hall), object_id=hall.pk)";
    assert_eq!(of_one(about), ["one object has rows of `Event`"]);
    assert_eq!(of_one("Event.objects.filter(hall=hall, seats=0)"), [format!("{said} that its filter keeps")]);
    let text = "from .models import *\n\n\ndef show(request, hall):\n    for title in Event.objects.filter(hall=hall).values_list('title').distinct():\n        print(Ticket.objects.filter(event__title=title).count())\n";
    let facts = found(&sources(&[("hall/models.py", EVENTS), ("hall/views.py", text)]));
    let differ: Vec<_> = facts.queries_in_loops.iter().map(|it| it.of_one.known().map(|it| it.to_string())).collect();
    assert_eq!(differ, [Some(format!("{said} that differ"))]);
    assert_eq!(of_one("Hall.objects.get(pk=hall).events.all()"), ["one `Hall` has `events`"]);
    assert_eq!(
        of_one("Hall.objects.get(pk=hall).events.filter(seats=0)"),
        ["one `Hall` has `events` that its filter keeps"]
    );
}

#[test]
fn rows_of_the_one_that_a_loop_has_left() {
    let views = "from .models import *\n\n\ndef show(request, name):\n    found = None\n    for hall in Hall.objects.all():\n        if hall.name == name:\n            found = hall\n    for event in found.events.all():\n        event.delete()\n";
    let of_one = |views: &str| {
        let facts = found(&sources(&[("hall/models.py", EVENTS), ("hall/views.py", views)]));
        let all = facts.writes_in_loops.iter().map(|it| it.of_one.known().map(|it| it.to_string()));
        all.collect::<Vec<_>>()
    };
    assert_eq!(of_one(views), [Some("one `Hall` has `events`".to_owned())]);
    let all = views.replace(
        "for event in found.events.all()",
        "events = [event for hall in Hall.objects.all() for event in hall.events.all()]\n    for event in events",
    );
    assert_eq!(of_one(&all), [None]);
}

#[test]
fn turns_that_await_a_process() {
    let waits = |wait: &str| {
        let views = format!(
            "import asyncio\nimport httpx\n\nfrom .models import *\n\n\nasync def show(request):\n    async for event in Event.objects.all():\n        {wait}\n        await Ticket.objects.filter(event=event).acount()\n"
        );
        let facts = found(&sources(&[("hall/models.py", EVENTS), ("hall/views.py", &views)]));
        facts.queries_in_loops.iter().map(|it| it.waits.known().is_some()).collect::<Vec<_>>()
    };
    assert_eq!(waits("await asyncio.create_subprocess_exec('cut', event.title)"), [true]);
    assert_eq!(waits("await httpx.AsyncClient().get(event.title)"), [true]);
    assert_eq!(waits("await asyncio.sleep(0)"), [false]);
}
