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
