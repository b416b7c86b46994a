//! What the lists of the admin join, and what they do not.

use super::*;

fn admin(base: &str, body: &str) -> Vec<String> {
    let text = format!(
        "from django.contrib import admin\nfrom packaged import FancyAdmin\nfrom .models import Thread\n\n\n@admin.register(Thread)\nclass ThreadAdmin({base}):\n{body}"
    );
    told(&[("chat/models.py", MODELS), ("chat/admin.py", &text)])
}

#[test]
fn a_foreign_key_that_may_be_null_is_not_joined_unasked() {
    assert!(admin("admin.ModelAdmin", "    list_display = (\"id\", \"closed\")\n").is_empty());
    assert!(admin("admin.ModelAdmin", "    list_display = (\"id\", \"room\")\n").is_empty());
    assert!(
        admin("admin.ModelAdmin", "    list_select_related = True\n    list_display = (\"id\", \"place\")\n")
            .is_empty()
    );
    assert_eq!(
        admin("admin.ModelAdmin", "    list_display = (\"room\", \"starter\")\n"),
        [r#"lazy ThreadAdmin:starter: list_select_related = ["room", "starter"]"#]
    );
}

#[test]
fn a_class_is_not_heeded_where_the_manager_joins_something() {
    let models = "from django.db import models\n\n\nclass GiftManager(models.Manager):\n    def get_queryset(self):\n        return super().get_queryset().select_related('box')\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Box(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Gift(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n    box = models.ForeignKey(Box, on_delete=models.CASCADE)\n    objects = GiftManager()\n";
    let admin = "from django.contrib import admin\nfrom .models import Gift\n\n\n@admin.register(Gift)\nclass GiftAdmin(admin.ModelAdmin):\n    list_display = ('maker', 'box')\n    list_select_related = ['maker']\n";
    let files = [("shop/models.py", models), ("shop/admin.py", admin)];
    assert_eq!(told(&files), [r#"lazy GiftAdmin:maker: select_related("maker") (no fix)"#]);
}

#[test]
fn a_list_without_columns_shows_each_row_by_its_name() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Gift(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n\n    def __str__(self):\n        return self.maker.name\n";
    let admin = "from django.contrib import admin\nfrom .models import Gift\n\n\n@admin.register(Gift)\nclass GiftAdmin(admin.ModelAdmin):\n    raw_id_fields = [\"maker\"]\n";
    let files = [("shop/models.py", models), ("shop/admin.py", admin)];
    assert_eq!(told(&files), [r#"lazy GiftAdmin:maker: list_select_related = ["maker"]"#]);
    assert_eq!(mended(&files, "shop/admin.py"), format!("{admin}    list_select_related = [\"maker\"]\n"));
}

#[test]
fn what_the_queryset_joins_is_all() {
    let joins = |clause: &str| {
        let body = format!(
            "    list_display = (\"room\", \"starter\")\n\n    def get_queryset(self, request):\n        return super().get_queryset(request).{clause}\n"
        );
        admin("admin.ModelAdmin", &body)
    };
    assert_eq!(joins("select_related('starter')"), [r#"lazy ThreadAdmin:room: select_related("room")"#]);
    assert!(joins("select_related('starter', 'room')").is_empty());
    assert!(joins("prefetch_related('starter')").is_empty());
}

#[test]
fn an_admin_class_of_a_package() {
    assert_eq!(
        admin("FancyAdmin", "    list_display = (\"id\", \"place\")\n"),
        [r#"lazy ThreadAdmin:room: list_select_related = ["room"]"#]
    );
}

#[test]
fn what_select_related_joins_unasked() {
    let text = "def names():\n    return [(it.room.owner.username, it.starter.username, it.pin.pk) for it in Thread.objects.select_related()]\n";
    assert_eq!(views(text), [r#"lazy names:starter,pin: select_related("starter", "pin") (no fix)"#]);
}

#[test]
fn an_inline_that_no_admin_class_lists_is_never_shown() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n    def __str__(self):\n        return self.name\n\n\nclass Gift(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n";
    let admin = "from django.contrib import admin\nfrom .models import Gift, Maker\n\n\nclass GiftInline(admin.TabularInline):\n    model = Gift\n    readonly_fields = [\"maker\"]\n\n\n@admin.register(Maker)\nclass MakerAdmin(admin.ModelAdmin):\n    inlines = []\n";
    assert!(told(&[("shop/models.py", models), ("shop/admin.py", admin)]).is_empty());
    let listed = admin.replace("inlines = []", "inlines = [GiftInline]");
    assert_eq!(told(&[("shop/models.py", models), ("shop/admin.py", &listed)]).len(), 1);
    // It shows what the row has that is changed, and no more.
    let facts = found(&sources(&[("shop/models.py", models), ("shop/admin.py", &listed)]));
    let of_one = facts.lazy_loads[0].of_one.known().map(|it| &**it);
    assert_eq!(of_one, Some("one `Maker` has rows of `Gift`"));
}

#[test]
fn a_template_of_its_own_may_not_print_the_rows_of_an_inline() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Gift(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n    giver = models.ForeignKey(Maker, on_delete=models.CASCADE, related_name=\"+\")\n\n    def __str__(self):\n        return self.giver.name\n";
    let admin = "from django.contrib import admin\nfrom .models import Gift, Maker\n\n\nclass GiftInline(admin.TabularInline):\n    model = Gift\n    fk_name = \"maker\"\n\n\n@admin.register(Maker)\nclass MakerAdmin(admin.ModelAdmin):\n    inlines = [GiftInline]\n";
    let template =
        "{% for it in inline_admin_formset %}{% for field in it.fieldset %}{{ field }}{% endfor %}{% endfor %}\n";
    let with = |path: &str| told(&[("shop/models.py", models), ("shop/admin.py", admin), (path, template)]);
    assert_eq!(with("shop/templates/admin/edit_inline/stacked.html").len(), 1);
    assert_eq!(with("shop/templates/admin/edit_inline/tabular.html"), [""; 0]);
}

#[test]
fn what_a_list_joins_by_itself_it_has_to_be_told_with_the_rest() {
    let expected = [r#"lazy ThreadAdmin:starter: list_select_related = ["room", "starter"]"#];
    assert_eq!(admin("admin.ModelAdmin", "    list_display = (\"room\", \"starter\")\n"), expected);
    let said = "    list_select_related = True\n    list_display = (\"place\", \"starter\")\n";
    assert_eq!(admin("admin.ModelAdmin", said), expected);
    let own = "    list_display = (\"room\", \"starter\")\n\n    def get_queryset(self, request):\n        return super().get_queryset(request).filter(closed=True)\n";
    assert_eq!(admin("admin.ModelAdmin", own), [r#"lazy ThreadAdmin:starter: select_related("room", "starter")"#]);
    let list = "    list_select_related = [\"room\"]\n";
    assert_eq!(
        admin("admin.ModelAdmin", &format!("{list}{own}")),
        [r#"lazy ThreadAdmin:starter: select_related("room", "starter")"#]
    );
}

#[test]
fn a_name_that_an_abstract_base_makes() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Named(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n\n    class Meta:\n        abstract = True\n\n    def __str__(self):\n        return self.maker.name\n\n\nclass Gift(Named):\n    pass\n\n\nclass Wish(models.Model):\n    gift = models.ForeignKey(Gift, null=True, on_delete=models.CASCADE)\n    other = models.ForeignKey(Gift, null=True, on_delete=models.CASCADE, related_name=\"+\")\n";
    let admin = "from django.contrib import admin\nfrom .models import Wish\n\n\n@admin.register(Wish)\nclass WishAdmin(admin.ModelAdmin):\n    list_display = (\"gift\", \"other\")\n";
    let files = [("shop/models.py", models), ("shop/admin.py", admin)];
    assert_eq!(
        told(&files),
        [r#"lazy WishAdmin:gift.maker,other.maker: list_select_related = ["gift__maker", "other__maker"]"#]
    );
}

#[test]
fn a_list_that_a_base_says() {
    let base = "from django.contrib import admin\nfrom .models import Thread\n\n\nclass Base(admin.ModelAdmin):\n    list_select_related = False\n    list_display = (\"room\", \"starter\")\n\n\n@admin.register(Thread)\nclass ThreadAdmin(Base):\n    pass\n";
    assert_eq!(
        told(&[("chat/models.py", MODELS), ("chat/admin.py", base)]),
        [r#"lazy ThreadAdmin:starter: list_select_related = ["room", "starter"] (no fix)"#]
    );
}

#[test]
fn an_action_is_given_the_rows_of_the_list() {
    let body = "    list_display = (\"id\", \"closed\")\n    actions = [\"name\", \"count\"]\n\n    def name(self, request, queryset):\n        return [it.room.name for it in queryset]\n\n    def count(self, request, queryset):\n        for it in queryset:\n            self.log(it.messages.count())\n";
    assert_eq!(
        admin("admin.ModelAdmin", body),
        [
            r#"lazy ThreadAdmin.name:room: select_related("room") (no fix)"#,
            r#"query ThreadAdmin.count:it.messages.count: annotate(Count("messages"))"#
        ]
    );
    let loaded = body.replace("\"closed\")", "\"closed\")\n    list_select_related = [\"room\"]");
    assert_eq!(
        admin("admin.ModelAdmin", &loaded),
        [r#"query ThreadAdmin.count:it.messages.count: annotate(Count("messages"))"#]
    );
    let unlisted = body.replace("actions", "others");
    assert!(admin("admin.ModelAdmin", &unlisted).is_empty());
}

#[test]
fn what_a_generic_key_leads_to_is_of_a_kind() {
    let models = "from django.contrib.contenttypes.fields import GenericForeignKey\nfrom django.contrib.contenttypes.models import ContentType\nfrom django.db import models\n\n\nclass Award(models.Model):\n    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)\n    target = GenericForeignKey()\n";
    let admin = "from django.contrib import admin\nfrom .models import Award\n\n\n@admin.register(Award)\nclass AwardAdmin(admin.ModelAdmin):\n    list_select_related = [\"content_type\"]\n    list_display = [\"title\"]\n\n    def title(self, award):\n        if award.content_type.model_class() == Book:\n            return award.target.title\n        return \"\"\n";
    let found = told(&[("shop/models.py", models), ("shop/admin.py", admin)]);
    assert_eq!(found, [r#"lazy AwardAdmin:target: prefetch_related("target") (no fix)"#]);
}

#[test]
fn what_shows_the_rows_is_said_where_no_loop_is_written() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Gift(models.Model):\n    maker = models.ForeignKey(Maker, null=True, on_delete=models.CASCADE)\n    giver = models.ForeignKey(Maker, null=True, on_delete=models.CASCADE, related_name=\"given\")\n\n    def __str__(self):\n        return self.maker.name\n\n    def by(self):\n        return self.giver.name\n";
    let said = |admin: &str| {
        let text = format!("from django.contrib import admin\nfrom .models import Gift, Maker\n\n\n{admin}");
        let facts = found(&sources(&[("shop/models.py", models), ("shop/admin.py", &text)]));
        let shown = |it: &LazyLoad| (it.shown.known().map(|it| it.to_string()).unwrap_or_default(), placed(&it.read));
        facts.lazy_loads.iter().map(shown).collect::<Vec<_>>()
    };
    let list = |columns: &str| {
        said(&format!("@admin.register(Gift)\nclass GiftAdmin(admin.ModelAdmin):\n    list_display = [{columns}]\n"))
    };
    assert_eq!(list("\"__str__\""), [("the change list shows each row by `__str__`".to_owned(), 1)]);
    assert_eq!(list("\"__str__\", \"by\""), [("the change list shows each row by `__str__`, `by`".to_owned(), 1)]);
    let inline = "class GiftInline(admin.TabularInline):\n    model = Gift\n    fk_name = \"giver\"\n\n\n@admin.register(Maker)\nclass MakerAdmin(admin.ModelAdmin):\n    inlines = [GiftInline]\n";
    assert_eq!(said(inline), [("the admin shows each row of this inline by `__str__`".to_owned(), 1)]);
}

#[test]
fn an_override_that_gives_what_its_base_gives_chooses_nothing() {
    let with = |body: &str| {
        let text = format!(
            "from django.contrib import admin\nfrom .models import Thread\n\n\n@admin.register(Thread)\nclass ThreadAdmin(admin.ModelAdmin):\n    list_display = (\"starter\",)\n    list_select_related = (\"room\",)\n\n    def get_list_display(self, request):\n{body}"
        );
        let facts = found(&sources(&[("chat/models.py", MODELS), ("chat/admin.py", &text)]));
        facts
            .lazy_loads
            .iter()
            .map(|it| matches!(it.over, Fact::Known(Sourced { origin: Origin::Assumed(_), .. })))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        with(
            "        if request.GET:\n            return [\"id\"]\n        return super().get_list_display(request)\n"
        ),
        [false]
    );
    assert_eq!(with("        return [it for it in super().get_list_display(request) if it]\n"), [true]);
}

/// At how many places something is said to be.
fn placed(fact: &Fact<Box<str>>) -> usize {
    match fact {
        Fact::Known(Sourced { origin: Origin::Written(places), .. }) => places.len(),
        _ => 0,
    }
}

#[test]
fn a_list_joins_foreign_keys_to_polymorphic_models_unasked() {
    let models = |null: &str| {
        format!(
            "from django.db import models\nfrom polymorphic.models import PolymorphicModel\n\n\nclass Module(models.Model):\n    name = models.CharField(max_length=80)\n\n\nclass Item(PolymorphicModel):\n    module = models.ForeignKey(Module, on_delete=models.CASCADE)\n\n\nclass Chapter(Item):\n    pass\n\n\nclass Paragraph(models.Model):\n    chapter = models.ForeignKey(Chapter, {null}on_delete=models.CASCADE)\n\n    def __str__(self):\n        return self.chapter.module.name\n"
        )
    };
    let of = |null: &str, columns: &str| {
        let admin = format!(
            "from django.contrib import admin\nfrom .models import *\n\n\n@admin.register(Paragraph)\nclass ParagraphAdmin(admin.ModelAdmin):\n    list_display = [{columns}]\n"
        );
        told(&[("hall/models.py", &models(null)), ("hall/admin.py", &admin)])
    };
    assert_eq!(of("", "'__str__', 'chapter'"), [""; 0]);
    assert_eq!(of("null=True, ", "'__str__', 'chapter'").len(), 1);
    assert_eq!(of("", "'__str__'").len(), 1);
}

#[test]
fn a_list_that_is_told_in_vain_what_to_join() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass GiftManager(models.Manager):\n    def get_queryset(self):\n        return super().get_queryset().select_related(\"maker\")\n\n\nclass Gift(models.Model):\n    maker = models.ForeignKey(Maker, null=True, on_delete=models.CASCADE)\n    box = models.ForeignKey(Maker, null=True, on_delete=models.CASCADE, related_name=\"+\")\n    objects = GiftManager()\n";
    let because = |list: &str| {
        let admin = format!(
            "from django.contrib import admin\nfrom .models import Gift\n\n\n@admin.register(Gift)\nclass GiftAdmin(admin.ModelAdmin):\n    list_display = [\"named\"]\n{list}\n    def named(self, gift):\n        return gift.box.name\n"
        );
        let facts = found(&sources(&[("shop/models.py", models), ("shop/admin.py", &admin)]));
        facts.lazy_loads[0].because.known().map(|it| it.to_string())
    };
    assert_eq!(because(""), None);
    let said = "the queryset joins something, so that `list_select_related` is not heeded".to_owned();
    assert_eq!(because("    list_select_related = [\"box\"]\n"), Some(said));
}

#[test]
fn what_an_export_writes_of_each_row() {
    let models = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Mark(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Gift(models.Model):\n    name = models.CharField(max_length=9)\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n    marks = models.ManyToManyField(Mark)\n";
    let export = |resource: &str, more: &str| {
        let admin = format!(
            "from django.contrib import admin\nfrom import_export import fields, resources\nfrom import_export.admin import ImportExportModelAdmin\nfrom .models import Gift\n\n\nclass GiftResource(resources.ModelResource):\n{resource}\n\n@admin.register(Gift)\nclass GiftAdmin(ImportExportModelAdmin):\n    resource_classes = [GiftResource]\n    list_display = ['name']\n{more}"
        );
        told(&[("shop/models.py", models), ("shop/admin.py", &admin)])
    };
    let meta = |fields: &str| format!("    class Meta:\n        model = Gift\n        fields = {fields}\n");
    let maker = [r#"lazy GiftAdmin:maker: list_select_related = ["maker"]"#];
    assert_eq!(export(&meta("('id', 'maker__name')"), ""), maker);
    let named = format!("    maker_name = fields.Field(attribute='maker__name')\n\n{}", meta("('id', 'maker_name')"));
    assert_eq!(export(&named, ""), maker);
    let by_method = format!(
        "    who = fields.Field()\n\n{}\n    def dehydrate_who(self, gift):\n        return gift.maker.name\n",
        meta("('id', 'who')")
    );
    assert_eq!(export(&by_method, ""), maker);
    assert!(export(&by_method, "    list_select_related = ['maker']\n").is_empty());
    // A key is written as it is; what `fields` leaves out is not written.
    assert!(export(&meta("('id', 'maker')"), "").is_empty());
    assert!(
        export(&format!("    maker_name = fields.Field(attribute='maker__name')\n\n{}", meta("('id',)")), "")
            .is_empty()
    );
    assert_eq!(export(&meta("('id', 'marks')"), "").len(), 1);
    // Other rows than those of the list.
    let own = "\n    def get_export_queryset(self, request):\n        return super().get_export_queryset(request).select_related('maker')\n";
    assert!(export(&by_method, own).is_empty());
}
