//! Pages of generic views: what their code does with the rows before the template has them.

use super::*;

const PAGE: &str = "{% for thread in object_list %}{{ thread.room.name }} {{ thread.starter.email }}{% endfor %}\n";

/// The relations that are read lazily, each with the file of the first place that is named.
fn read(views: &str) -> Vec<String> {
    let views = format!("from django.views.generic import ListView\nfrom .models import *\n\n\n{views}");
    let files =
        [("chat/models.py", MODELS), ("chat/templates/chat/thread_list.html", PAGE), ("chat/views.py", &*views)];
    let sources = sources(&files);
    let facts = found(&sources);
    let line = |it: &LazyLoad| {
        let at = it.about.span.map_or("", |span| &*sources.file(span.file).path);
        format!("{} in {}", it.path.known().map_or("", |path| path), at.rsplit('/').next().unwrap_or(at))
    };
    facts.lazy_loads.iter().map(line).collect()
}

#[test]
fn what_a_base_has_read_before_the_template_is_there() {
    let base = "class Page(ListView):\n    def get_context_data(self, **kwargs):\n        context = super().get_context_data(**kwargs)\n        context['rooms'] = {it.room for it in context['object_list'] if hasattr(it, 'room')}\n        return context\n\n\n";
    let view = "class Threads(Page):\n    model = Thread\n    template_name = 'chat/thread_list.html'\n";
    assert_eq!(read(&format!("{base}{view}")), ["starter in thread_list.html", "room in views.py"]);
    // Of others that are made of them, it is not.
    let narrowed = base.replace("context['object_list'] if", "context['object_list'].filter(closed=True) if");
    let told = ["room, starter in thread_list.html", "room in views.py"];
    assert_eq!(read(&format!("{narrowed}{view}")), told);
    // Nor where some pages do not come to it.
    let some = base.replace("        context['rooms']", "        if kwargs:\n            context['rooms']");
    assert_eq!(read(&format!("{some}{view}")), told);
}

#[test]
fn what_a_base_does_for_the_staff_serves_nobody_else() {
    let views = |keeper: &str| {
        let code = format!(
            "from django.contrib.auth.mixins import PermissionRequiredMixin\nfrom django.views.generic import ListView\nfrom .models import *\n\n\nclass Page(ListView):\n    def get_context_data(self, **kwargs):\n        context = super().get_context_data(**kwargs)\n        context['rooms'] = [it.room for it in context['object_list']]\n        return context\n\n\nclass Threads({keeper}Page):\n    model = Thread\n    template_name = 'chat/thread_list.html'\n"
        );
        let files = [
            ("chat/models.py", MODELS),
            ("chat/templates/chat/thread_list.html", "{{ rooms }}\n"),
            ("chat/views.py", &code),
        ];
        found(&sources(&files)).lazy_loads[0].reach.known().copied()
    };
    assert_eq!(views(""), Some(Reach::Requests));
    assert_eq!(views("PermissionRequiredMixin, "), Some(Reach::Admin));
}

#[test]
fn what_a_page_keeps_is_asked_once_in_that_time() {
    let kept = |page: &str| {
        let views = "from django.shortcuts import render\nfrom .models import *\n\n\ndef threads(request):\n    return render(request, 'chat/threads.html', {'threads': Thread.objects.all()})\n";
        let files = [
            ("chat/models.py", MODELS),
            ("chat/templates/chat/threads.html", page),
            ("chat/templates/chat/row.html", "{{ thread.room.name }}"),
            ("chat/views.py", views),
        ];
        let facts = found(&sources(&files));
        facts.lazy_loads.iter().map(|it| it.kept.known().map(|it| it.to_string())).collect::<Vec<_>>()
    };
    let row = "{% for thread in threads %}{{ thread.room.name }}{% endfor %}";
    assert_eq!(kept(row), [None]);
    assert_eq!(kept(&format!("{{% cache 300 threads request.user.pk %}}{row}{{% endcache %}}")), [Some("300".into())]);
    assert_eq!(kept(&format!("{{% cache 300 head %}}Threads{{% endcache %}}{row}")), [None]);
    let included = "{% for thread in threads %}{% wagtailcache 60 thread.pk %}{% include 'chat/row.html' %}{% endwagtailcache %}{% endfor %}";
    assert_eq!(kept(included), [Some("60".into())]);
}

/// What is told of a template, whatever else is.
fn of_template(files: &[(&str, &str)], name: &str) -> Vec<String> {
    told(files).into_iter().filter(|it| it.starts_with(&format!("lazy {name}"))).collect()
}

#[test]
fn a_view_of_a_time_has_the_rows_of_it() {
    let view = |more: &str| {
        format!(
            "from django.views.generic.dates import *\nfrom django.views import generic\nfrom .models import Thread\n\n\nclass Latest({more}\n    date_field = 'made'\n"
        )
    };
    let archive = |path: &str, name: &str, view: &str| {
        let page = format!("{{% for it in {name} %}}{{{{ it.room.name }}}}{{% endfor %}}\n");
        of_template(&[("chat/models.py", MODELS), ("chat/views.py", view), (path, &page)], "template").len()
    };
    let index = view("generic.ArchiveIndexView):\n    model = Thread");
    assert_eq!(archive("chat/templates/chat/thread_archive.html", "latest", &index), 1);
    assert_eq!(archive("chat/templates/chat/thread_archive.html", "object_list", &index), 1);
    let month = view("generic.MonthArchiveView):\n    queryset = Thread.objects.all()");
    assert_eq!(archive("chat/templates/chat/thread_archive_month.html", "object_list", &month), 1);
    // That of a year has its rows only where it is told to.
    let year = view("generic.YearArchiveView):\n    model = Thread");
    assert_eq!(archive("chat/templates/chat/thread_archive_year.html", "object_list", &year), 0);
}

#[test]
fn a_template_has_the_end_of_its_name_from_its_view() {
    let view = "from django.views.generic import ListView, UpdateView\nfrom .models import Room, Thread\n\n\nclass Wall(ListView):\n    model = Thread\n    template_name_suffix = '_wall'\n\n\nclass Change(UpdateView):\n    model = Room\n";
    let wall = "{% for it in object_list %}{{ it.room.name }}{% endfor %}\n";
    let form = "{% for it in room.threads.all %}{{ it.pin.pk }}{% endfor %}\n";
    let files = [
        ("chat/models.py", MODELS),
        ("chat/views.py", view),
        ("chat/templates/chat/thread_wall.html", wall),
        ("chat/templates/chat/room_form.html", form),
    ];
    assert_eq!(of_template(&files, "template").len(), 2);
}

#[test]
fn a_template_knows_who_asks() {
    let models = MODELS.replace("settings.AUTH_USER_MODEL", "'chat.Member'").replace(
        "class Room(",
        "class Member(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Room(",
    );
    let settings = ("site/settings.py", "AUTH_USER_MODEL = 'chat.Member'\n");
    let view =
        "from django.shortcuts import render\n\n\ndef mine(request):\n    return render(request, 'chat/mine.html')\n";
    let lines = |page: &str| {
        let files =
            [settings, ("chat/models.py", &*models), ("chat/views.py", view), ("chat/templates/chat/mine.html", page)];
        of_template(&files, "template").len()
    };
    let threads = "{% for room in user.rooms.all %}{% for it in room.threads.all %}{{ it }}{% endfor %}{% endfor %}";
    assert_eq!(lines(threads), 1);
    assert_eq!(lines(&threads.replace("user.", "request.user.")), 1);
    assert_eq!(lines("{% for room in user.rooms.all %}{{ room.name }}{% endfor %}"), 0);
}

#[test]
fn a_page_of_wagtails_shows_its_context() {
    let models = "from django.db import models\nfrom wagtail.models import Page\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Product(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n\n\nclass ProductIndexPage(Page):\n    def get_context(self, request, *args, **kwargs):\n        context = super().get_context(request, *args, **kwargs)\n        context['products'] = Product.objects.all()\n        return context\n";
    let page = "{% for it in products %}{{ it.maker.name }}{% endfor %}";
    let lines =
        |models: &str| told(&[("shop/models.py", models), ("shop/templates/shop/product_index_page.html", page)]).len();
    assert_eq!(lines(models), 1);
    assert_eq!(lines(&models.replace("objects.all()", "objects.select_related('maker')")), 0);
    assert_eq!(lines(&models.replace("(Page)", "(Page):\n    template = 'shop/other.html'\n\n    x = 1\n#")), 0);
}
