//! Which places are shown, and as what.

use super::*;

#[test]
fn what_is_quoted_is_shown_where_it_stands() {
    let lib = "from .models import *\n\n\ndef told(rows):\n    return [it.pk for it in rows]\n";
    let views = "from .lib import told\nfrom .models import *\n\n\ndef show(request):\n    for thread in Thread.objects.all():\n        print(told(Message.objects.filter(thread=thread)))\n";
    let files = [("chat/models.py", MODELS), ("chat/lib.py", lib), ("chat/views.py", views)];
    let sources = sources(&files);
    let facts = found(&sources);
    let text = |span: &Span| sources.file(span.file).text()[span.start as usize..span.end as usize].to_owned();
    let [only] = facts.queries_in_loops.as_slice() else { panic!("{:?}", facts.queries_in_loops) };
    assert_eq!(only.call.span().map(|it| text(&it)).as_deref(), Some("Message.objects.filter(thread=thread)"));
    assert_eq!(only.runs.span().map(|it| text(&it)).as_deref(), Some("rows"));
}

#[test]
fn a_list_that_is_serialized_is_no_loop() {
    let views = "from rest_framework import serializers, viewsets\nfrom .models import *\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    told = serializers.SerializerMethodField()\n\n    class Meta:\n        model = Thread\n        fields = ['told']\n\n    def get_told(self, thread):\n        return Message.objects.filter(thread=thread).count()\n\n\nclass Threads(viewsets.ModelViewSet):\n    queryset = Thread.objects.all()\n    serializer_class = ThreadSerializer\n";
    let facts = found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", views)]));
    let [only] = facts.queries_in_loops.as_slice() else { panic!("{:?}", facts.queries_in_loops) };
    assert_eq!(only.shown.known().map(|it| &**it), Some("each row is serialized by `ThreadSerializer`"));
    assert_eq!(only.over.span(), None);
}

#[test]
fn the_other_querysets_that_come_by() {
    let views = "from .models import *\n\n\ndef names(threads):\n    return [it.room.name for it in threads]\n\n\ndef show(request):\n    return names(Thread.objects.filter(closed=True))\n\n\ndef all(request):\n    return names(Thread.objects.all())\n";
    let facts = found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", views)]));
    let [only] = facts.lazy_loads.as_slice() else { panic!("{:?}", facts.lazy_loads) };
    assert_eq!(only.came.known(), Some(&1));
}

#[test]
fn where_other_code_reads_it() {
    let views = "from .models import *\n\n\ndef names():\n    return [it.place for it in Thread.objects.all()]\n";
    let sources = sources(&[("chat/models.py", MODELS), ("chat/views.py", views)]);
    let facts = found(&sources);
    let [only] = facts.lazy_loads.as_slice() else { panic!("{:?}", facts.lazy_loads) };
    let text =
        |span: Option<Span>| span.map(|it| sources.file(it.file).text()[it.start as usize..it.end as usize].to_owned());
    assert_eq!(text(only.read.span()).as_deref(), Some("it.place"));
    assert_eq!(text(only.deep.span()).as_deref(), Some("self.room"));
}
