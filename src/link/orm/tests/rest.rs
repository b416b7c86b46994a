//! Serializers and lists of Django REST framework, and of FastAPI.

use super::*;

const SERIALIZERS: &str = "from rest_framework import serializers\nfrom .models import Message, Room, Tag, Thread\n\n\nclass TagSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Tag\n        fields = [\"label\"]\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    tags = TagSerializer(many=True)\n    room_name = serializers.CharField(source=\"room.name\")\n    last = serializers.SerializerMethodField()\n    starter = serializers.PrimaryKeyRelatedField(read_only=True)\n    secret = serializers.CharField(source=\"room.owner.email\", write_only=True)\n    unlisted = serializers.CharField(source=\"room.owner.email\")\n\n    class Meta:\n        model = Thread\n        fields = [\"id\", \"tags\", \"room_name\", \"last\", \"starter\", \"secret\"]\n\n    def get_last(self, thread):\n        return thread.messages.count()\n";

/// The lists of a file, each with what is known of its pages.
fn lists(files: &[(&str, &str)]) -> Vec<String> {
    let word = |fact: &Fact<bool>| match fact {
        Fact::Known(it) if it.value => "yes",
        Fact::Known(_) => "no",
        Fact::Absent => "-",
        _ => "unknown",
    };
    let line = |it: &Listing| {
        format!("{} paged: {} capped: {}", it.about.anchor.entity, word(&it.paginated), word(&it.capped))
    };
    found(&sources(files)).listings.iter().map(line).collect()
}

fn view(body: &str) -> String {
    format!(
        "from rest_framework import generics, pagination, viewsets\nfrom .models import Thread\nfrom .serializers import ThreadSerializer\n\n\nclass Short(pagination.PageNumberPagination):\n    page_size = 50\n\n\nclass Asked(pagination.PageNumberPagination):\n    page_size = 50\n    page_size_query_param = \"size\"\n\n\nclass Threads(viewsets.ModelViewSet):\n    serializer_class = ThreadSerializer\n{body}"
    )
}

#[test]
fn a_serializer_is_a_loop() {
    let views = view("    queryset = Thread.objects.all()\n");
    let files = [("chat/models.py", MODELS), ("chat/serializers.py", SERIALIZERS), ("chat/views.py", &views)];
    let expected = [
        r#"lazy Threads:tags,room: select_related("room").prefetch_related("tags")"#,
        r#"query Threads:thread.messages.count: annotate(Count("messages"))"#,
    ];
    assert_eq!(told(&files), expected);
    let after = mended(&files, "chat/views.py");
    assert!(
        after.contains("queryset = Thread.objects.all().select_related(\"room\").prefetch_related(\"tags\")\n"),
        "{after}"
    );
    let facts = found(&sources(&files));
    assert_eq!(facts.lazy_loads[0].serializer.known().map(|it| &**it), Some("ThreadSerializer"));
}

#[test]
fn a_nested_list_that_a_property_gives() {
    let models = MODELS.replace(
        "    def labels(self):",
        "    @property\n    def recent(self):\n        return self.messages.filter(id__gt=9)\n\n    def labels(self):",
    );
    let serializers = "from rest_framework import serializers\nfrom .models import Message, Thread\n\n\nclass MessageSerializer(serializers.ModelSerializer):\n    name = serializers.CharField(source=\"author.name\")\n\n    class Meta:\n        model = Message\n        fields = [\"name\"]\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    recent = MessageSerializer(many=True)\n\n    class Meta:\n        model = Thread\n        fields = [\"recent\"]\n";
    let views = view("    queryset = Thread.objects.all()\n");
    let files = [("chat/models.py", &*models), ("chat/serializers.py", serializers), ("chat/views.py", &views)];
    let expected = [
        r#"lazy Threads:author: select_related("author") (no fix)"#,
        r#"query Threads:thread.messages: Prefetch("messages", queryset=..., to_attr=...)"#,
    ];
    assert_eq!(told(&files), expected);
}

#[test]
fn get_queryset_may_load_it() {
    let views = view(
        "    def get_queryset(self):\n        threads = Thread.objects.filter(starter=self.request.user).prefetch_related('tags')\n        return threads.select_related('room')\n",
    );
    let files = [("chat/models.py", MODELS), ("chat/serializers.py", SERIALIZERS), ("chat/views.py", &views)];
    assert_eq!(told(&files), [r#"query Threads:thread.messages.count: annotate(Count("messages"))"#]);
}

#[test]
fn what_an_unknown_object_has_knows_that_object() {
    let told = |rows: &str| {
        let views = view(&format!("    def get_queryset(self):\n        return {rows}\n"));
        let files = [("chat/models.py", MODELS), ("chat/serializers.py", SERIALIZERS), ("chat/views.py", &*views)];
        found(&sources(&files)).lazy_loads.len()
    };
    assert_eq!(told("self.get_subject().talks.all()"), 0);
    assert_eq!(told("self.subject.talks.filter(closed=False)"), 0);
    assert_eq!(told("found(self.request)"), 1);
    assert_eq!(told("self.subject.content(Thread.objects)"), 1);
    // A room, as there is no other list of threads by that name: each of them has it.
    let of_room = view("    def get_queryset(self):\n        return self.subject.threads.all()\n");
    let files = [("chat/models.py", MODELS), ("chat/serializers.py", SERIALIZERS), ("chat/views.py", &*of_room)];
    let loads = &found(&sources(&files)).lazy_loads;
    let said: Vec<_> = loads.iter().map(|it| it.remedy.known().map(|it| &**it)).collect();
    assert_eq!(said, [Some(r#"prefetch_related("tags")"#)]);
}

#[test]
fn a_view_of_one_row_is_no_loop() {
    let views =
        view("    queryset = Thread.objects.all()\n").replace("viewsets.ModelViewSet", "generics.RetrieveAPIView");
    let files = [("chat/models.py", MODELS), ("chat/serializers.py", SERIALIZERS), ("chat/views.py", &views)];
    assert!(told(&files).is_empty());
    assert!(lists(&files).is_empty());
}

#[test]
fn pages_of_a_list() {
    let told = |settings: &str, body: &str| {
        let views = view(&format!("    queryset = Thread.objects.all()\n{body}"));
        let files = [("chat/models.py", MODELS), ("chat/settings.py", settings), ("chat/views.py", &views)];
        lists(&files).join("; ")
    };
    let both = "REST_FRAMEWORK = {'DEFAULT_PAGINATION_CLASS': 'rest_framework.pagination.PageNumberPagination', 'PAGE_SIZE': 20}\n";
    let one = "REST_FRAMEWORK = {'DEFAULT_PAGINATION_CLASS': 'rest_framework.pagination.PageNumberPagination'}\n";
    let own = "REST_FRAMEWORK = {'DEFAULT_PAGINATION_CLASS': 'chat.views.Asked'}\n";
    let class = format!("class Core(Configuration):\n    {both}");
    let more = "from .base import *\nREST_FRAMEWORK = {**defaults, 'PAGE_SIZE': 20}\n";
    assert_eq!(told("INSTALLED_APPS = []\n", ""), "Threads:list paged: no capped: -");
    assert_eq!(told("", ""), "Threads:list paged: unknown capped: -");
    assert_eq!(told(&class, ""), "Threads:list paged: yes capped: yes");
    assert_eq!(told(more, ""), "Threads:list paged: unknown capped: -");
    // dynaconf merges it into the settings of another program.
    let merged = "INSTALLED_APPS = []\nREST_FRAMEWORK__PAGE_SIZE = 50\n";
    assert_eq!(told(merged, ""), "Threads:list paged: unknown capped: -");
    let own_way = "    def paginate_queryset(self, queryset):\n        return queryset[:50]\n";
    assert_eq!(told("INSTALLED_APPS = []\n", own_way), "Threads:list paged: unknown capped: -");
    assert_eq!(told("INSTALLED_APPS = []\n", "    http_method_names = ['post', 'patch']\n"), "");
    assert_eq!(told(both, ""), "Threads:list paged: yes capped: yes");
    assert_eq!(told(one, ""), "Threads:list paged: no capped: -");
    assert_eq!(told(own, ""), "Threads:list paged: yes capped: no");
    assert_eq!(told(both, "    pagination_class = None\n"), "Threads:list paged: no capped: -");
    assert_eq!(told("", "    pagination_class = Short\n"), "Threads:list paged: yes capped: yes");
    assert_eq!(told("", "    pagination_class = Asked\n"), "Threads:list paged: yes capped: no");
    assert_eq!(told("", "    pagination_class = third_party.Pages\n"), "Threads:list paged: unknown capped: -");
    assert_eq!(told("", "    def list(self, request):\n        return 1\n"), "");
    let goes_on = "    def list(self, request):\n        return super().list(request)\n";
    assert_eq!(told("INSTALLED_APPS = []\n", goes_on), "Threads:list paged: no capped: -");
}

#[test]
fn a_list_that_no_route_leads_to() {
    let told = |urls: &str| {
        let views = view("    queryset = Thread.objects.all()\n    pagination_class = None\n");
        let urls = format!("from chat.views import Threads\n{urls}");
        lists(&[("chat/models.py", MODELS), ("chat/urls.py", &urls), ("chat/views.py", &views)]).join("; ")
    };
    let listed = "Threads:list paged: no capped: -";
    let one = "urlpatterns = [path('a', Threads.as_view({'get': 'retrieve'}))]\n";
    let both =
        "urlpatterns = [path('a', Threads.as_view({'post': 'create'})), path('b', Threads.as_view({'get': 'list'}))]\n";
    assert_eq!(told(one), "");
    assert_eq!(told(both), listed);
    let views = view("    queryset = Thread.objects.all()\n    pagination_class = None\n");
    let handed = [
        ("chat/models.py", MODELS),
        (
            "chat/urls.py",
            "from .views import Threads\nurlpatterns = [path('a', Threads.as_view({'get': 'retrieve'}))]\n",
        ),
        ("chat/views/__init__.py", "from .threads import Threads\n"),
        ("chat/views/threads.py", &views),
    ];
    assert!(lists(&handed).is_empty());
    assert_eq!(told(&format!("{one}router.register('threads', Threads)\n")), listed);
}

#[test]
fn a_pager_is_capped_where_it_is() {
    let views = view("    queryset = Thread.objects.all()\n    pagination_class = Asked\n");
    let sources = sources(&[("chat/models.py", MODELS), ("chat/views.py", &views)]);
    let facts = found(&sources);
    let writer = &facts.listings[0].about.writers[0];
    let (span, text) = &writer.edits[0];
    let after = apply(sources.file(span.file).text(), &[Edit::replace(*span, text.clone())]).unwrap();
    assert!(after.contains("    page_size_query_param = \"size\"\n    max_page_size = {most}\n"), "{after}");
}

#[test]
fn a_cap_that_is_taken_away_is_put_back_where_it_was() {
    let listed = "    queryset = Thread.objects.all()\n    pagination_class = Long\n";
    let views =
        view(listed).replace("class Threads(", "class Long(Asked):\n    max_page_size = None\n\n\nclass Threads(");
    let views = views
        .replace("page_size_query_param = \"size\"\n", "page_size_query_param = \"size\"\n    max_page_size = 50\n");
    let sources = sources(&[("chat/models.py", MODELS), ("chat/views.py", &views)]);
    let facts = found(&sources);
    let writer = &facts.listings[0].about.writers[0];
    let (span, text) = &writer.edits[0];
    let after = apply(sources.file(span.file).text(), &[Edit::replace(*span, text.clone())]).unwrap();
    assert!(after.contains("class Long(Asked):\n    max_page_size = {most}\n"), "{after}");
}

#[test]
fn a_view_with_no_serializer_that_is_seen() {
    let views = "from third_party import Replicas\nfrom rest_framework import viewsets\nfrom .models import Thread\n\nclass Threads(Replicas, viewsets.ModelViewSet):\n    queryset = Thread.objects.all()\n";
    let settings = "INSTALLED_APPS = []\n";
    let told =
        |views: &str| lists(&[("chat/models.py", MODELS), ("chat/settings.py", settings), ("chat/views.py", views)]);
    assert!(told(views).is_empty());
    let named = format!("{views}    serializer_class = load()\n");
    assert_eq!(told(&named), ["Threads:list paged: no capped: -"]);
    assert!(told(&named.replace("Threads(", "ThreadBaseView(")).is_empty());
}

#[test]
fn what_one_user_has_is_narrow() {
    let narrow = |condition: &str| {
        let views = view(&format!(
            "    pagination_class = None\n\n    def get_queryset(self):\n        return Thread.objects.filter({condition})\n"
        ));
        let found = found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &views)]));
        found.listings[0].narrowed.known().copied()
    };
    assert_eq!(narrow("name=self.request.user.email"), Some(true));
    assert_eq!(narrow("messages__author=self.request.user"), Some(true));
    assert_eq!(narrow("name=self.request.path"), Some(false));
}

#[test]
fn a_filter_of_ones_own_may_narrow() {
    let narrow = |body: &str| {
        let views = format!(
            "from rest_framework.filters import SearchFilter\n\nclass OfRoom:\n    def filter_queryset(self, request, queryset, view):\n        return queryset.filter(room=view.kwargs['room'])\n\n\n{}",
            view(&format!("    queryset = Thread.objects.all()\n    pagination_class = None\n{body}"))
        );
        let found = found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &views)]));
        found.listings[0].narrowed.known().copied()
    };
    assert_eq!(narrow("    filter_backends = (SearchFilter, OfRoom)\n"), Some(true));
    assert_eq!(narrow("    def filter_queryset(self, queryset):\n        return queryset\n"), Some(true));
    assert_eq!(narrow("    filter_backends = [SearchFilter]\n"), Some(false));
}

#[test]
fn a_list_of_one_row() {
    let views = view(
        "    pagination_class = None\n\n    def get_queryset(self):\n        return Thread.objects.filter(pk=self.request.user.thread_id)\n",
    );
    assert_eq!(lists(&[("chat/models.py", MODELS), ("chat/views.py", &views)]), ["Threads:list paged: yes capped: -"]);
}

#[test]
fn endpoints_of_fastapi() {
    let models = "from sqlalchemy.orm import Mapped, mapped_column\n\nclass User(Base):\n    __tablename__ = 'users'\n    id: Mapped[int] = mapped_column(primary_key=True)\n";
    let api = "from fastapi import APIRouter\nfrom sqlalchemy import select\nfrom .models import User\nrouter = APIRouter()\n\n@router.get('/users')\nasync def users(session):\n    return (await session.scalars(select(User))).all()\n\n@router.get('/page')\nasync def page(session, limit: int = 50):\n    result = await session.execute(select(User).limit(limit))\n    return result.scalars().all()\n\n@router.get('/one')\nasync def one(session):\n    return await session.get(User, 1)\n\ndef load(session):\n    return session.query(User).all()\n\n@router.get('/by')\ndef by(session):\n    return load(session)\n";
    let expected = ["users:list paged: no capped: -", "page:list paged: yes capped: -", "by:list paged: no capped: -"];
    assert_eq!(lists(&[("app/api.py", api), ("app/models.py", models)]), expected);
}

#[test]
fn a_serializer_that_a_view_makes() {
    let body = "    def mine(self, request):\n        threads = Thread.objects.filter(starter=request.user)\n        return ThreadSerializer(threads, many=True).data\n";
    let views = view(body);
    let files = [("chat/models.py", MODELS), ("chat/serializers.py", SERIALIZERS), ("chat/views.py", &views)];
    let expected = [
        r#"lazy Threads.mine:tags,room: select_related("room").prefetch_related("tags")"#,
        r#"query Threads.mine:thread.messages.count: annotate(Count("messages"))"#,
    ];
    assert_eq!(told(&files), expected);
}

#[test]
fn a_serializer_that_writes_its_own_answer_reads_no_field() {
    let own = format!(
        "{SERIALIZERS}\n    def to_representation(self, thread):\n        return {{\"room\": thread.room.name}}\n"
    );
    let on_top = own.replace("return {", "return super().to_representation(thread) | {");
    let views = view("    queryset = Thread.objects.all()\n");
    let told = |serializers: &str| {
        told(&[("chat/models.py", MODELS), ("chat/serializers.py", serializers), ("chat/views.py", &views)]).len()
    };
    assert_eq!((told(&own), told(&on_top)), (1, 2));
}

#[test]
fn rows_that_come_with_others_are_loaded_with_those() {
    let serializers = "from rest_framework import serializers\nfrom .models import Message, Thread\n\n\nclass MessageSerializer(serializers.ModelSerializer):\n    name = serializers.CharField(source=\"author.name\")\n    place = serializers.CharField(source=\"thread.room.name\")\n\n    class Meta:\n        model = Message\n        fields = [\"name\", \"place\"]\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    messages = MessageSerializer(many=True)\n\n    class Meta:\n        model = Thread\n        fields = [\"messages\"]\n";
    let views = "from rest_framework import generics\nfrom .models import Thread\nfrom .serializers import ThreadSerializer\n\n\nclass OneThread(generics.RetrieveAPIView):\n    serializer_class = ThreadSerializer\n    queryset = Thread.objects.filter(closed=False)\n";
    let files = [("chat/models.py", MODELS), ("chat/serializers.py", serializers), ("chat/views.py", views)];
    assert_eq!(told(&files), [r#"lazy OneThread:author: prefetch_related("messages__author")"#]);
    let after = mended(&files, "chat/views.py");
    assert!(after.contains("filter(closed=False).prefetch_related(\"messages__author\")"), "{after}");
}

#[test]
fn two_fields_of_one_nested_serializer_are_two_ways() {
    let models = format!(
        "{MODELS}\n\nclass Merge(models.Model):\n    one = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name=\"+\")\n    other = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name=\"+\")\n"
    );
    let serializers = "from rest_framework import serializers\nfrom .models import Merge, Thread\n\n\nclass ThreadSerializer(serializers.ModelSerializer):\n    room_name = serializers.CharField(source=\"room.name\")\n\n    class Meta:\n        model = Thread\n        fields = [\"room_name\"]\n\n\nclass MergeSerializer(serializers.ModelSerializer):\n    one = ThreadSerializer()\n    other = ThreadSerializer()\n\n    class Meta:\n        model = Merge\n        fields = [\"one\", \"other\"]\n";
    let views = "from rest_framework import generics\nfrom .models import Merge\nfrom .serializers import MergeSerializer\n\n\nclass Merges(generics.ListAPIView):\n    serializer_class = MergeSerializer\n    queryset = Merge.objects.select_related(\"one\", \"other\")\n";
    let files = [("chat/models.py", &*models), ("chat/serializers.py", serializers), ("chat/views.py", views)];
    assert_eq!(told(&files), [r#"lazy Merges:one.room,other.room: select_related("one__room", "other__room")"#]);
}

#[test]
fn a_class_that_keeps_one_object_for_each_row() {
    let models = |call: &str| {
        format!(
            "from django.db import models\nfrom django.db.models.base import ModelBase\n\n\nclass Shared(ModelBase):\n    def {call}(cls, *args, **kwargs):\n        return super().__call__(*args, **kwargs)\n\n\nclass Tag(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Note(models.Model, metaclass=Shared):\n    first = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name=\"+\")\n    tags = models.ManyToManyField(Tag)\n"
        )
    };
    let read = |call: &str, reads: &str| {
        let code = format!(
            "from .models import Note\n\n\ndef shown(request):\n    return [{reads} for note in Note.objects.all()]\n"
        );
        let files = [("app/models.py", &*models(call)), ("app/views.py", &*code)];
        (told(&files), found(&sources(&files)).lazy_loads.len())
    };
    // A prefetch would put the rows of one on others.
    assert_eq!(read("__call__", "list(note.tags.all())"), (vec![], 0));
    assert_eq!(read("made", "list(note.tags.all())"), (vec![r#"lazy shown:tags: prefetch_related("tags")"#.into()], 1));
    assert_eq!(read("__call__", "note.first.name"), (vec![], 1), "a guess");
}

#[test]
fn what_raises_is_no_condition_of_a_turn() {
    let seldom = |guard: &str| {
        let code = format!(
            "from .models import *\n\n\ndef note(thread):\n    if not thread.title:\n        {guard}\n    Message.objects.create(thread=thread)\n\n\ndef all(request):\n    for thread in Thread.objects.all():\n        note(thread)\n"
        );
        found(&sources(&[("chat/models.py", MODELS), ("chat/views.py", &code)])).writes_in_loops[0].seldom.known()
            == Some(&true)
    };
    assert!(seldom("return"));
    assert!(!seldom("raise ValueError(thread)"));
}

#[test]
fn a_view_that_names_only_its_model_lists_all_its_rows() {
    let text = |bases: &str| {
        views(&format!(
            "from rest_framework import serializers, viewsets\nfrom elsewhere import Narrow\n\nclass MessageSerializer(serializers.ModelSerializer):\n    thread = serializers.StringRelatedField()\n\n    class Meta:\n        model = Message\n        fields = ['thread']\n\n\nclass Messages({bases}):\n    model = Message\n    serializer_class = MessageSerializer\n"
        ))
    };
    assert_eq!(text("viewsets.ReadOnlyModelViewSet").len(), 1);
    assert!(text("Narrow, viewsets.ReadOnlyModelViewSet").is_empty());
}
