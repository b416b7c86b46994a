//! Loops that have few turns by what their rows are.

use super::*;

const KINDS: &str = r#"
from django.db import models
from django_tenants.models import TenantMixin


class Country(TenantMixin):
    name = models.CharField(max_length=80)
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)


class Sort(models.Model):
    name = models.CharField(max_length=80)
    members = models.ManyToManyField("auth.User", related_name="+")
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)


class OrderType(models.Model):
    name = models.CharField(max_length=80)


class GoodsCategory(models.Model):
    name = models.CharField(max_length=80)


class Currency(models.Model):
    name = models.CharField(max_length=80)


class Topic(models.Model):
    name = models.CharField(max_length=80)
    mail = models.EmailField()


class Category(models.Model):
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)


class Order(models.Model):
    kind = models.ForeignKey(OrderType, on_delete=models.CASCADE)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE)
    category = models.ForeignKey(Category, on_delete=models.CASCADE)
    currency = models.ForeignKey(Currency, on_delete=models.CASCADE)
    goods = models.ForeignKey(GoodsCategory, on_delete=models.CASCADE)


class Price(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    sort = models.ForeignKey(Sort, on_delete=models.CASCADE)
    term = models.CharField(max_length=8, choices=[("y", "year"), ("m", "month")])

    class Meta:
        unique_together = [("order", "term")]
"#;

/// Why each loop of some code has few turns, and what its rows are.
fn few(code: &str) -> Vec<String> {
    let code = format!("from .models import *\n\n\n{code}");
    let facts = found(&sources(&[("shop/models.py", KINDS), ("shop/views.py", &code)]));
    let text = |fact: &Fact<Box<str>>| fact.known().map_or_else(|| "-".to_owned(), |text| text.to_string());
    let loads = facts.lazy_loads.iter().map(|it| (&it.rows, &it.few));
    let queries = facts.queries_in_loops.iter().map(|it| (&it.rows, &it.few));
    loads.chain(queries).map(|(rows, few)| format!("{}: {}", text(rows), text(few))).collect()
}

fn each(rows: &str, body: &str) -> Vec<String> {
    few(&format!("def show(request, order):\n    for row in {rows}:\n        {body}\n"))
}

#[test]
fn kinds_are_few() {
    let orders = "print(Order.objects.filter(kind=row).count())";
    assert_eq!(each("OrderType.objects.all()", orders), ["shop.OrderType: `OrderType` looks like a table of kinds"]);
    // What is called otherwise may be many, and so may a tree.
    let of_topic = "print(Order.objects.filter(topic=row).count())";
    assert_eq!(each("Topic.objects.all()", of_topic), ["shop.Topic: -"]);
    let of_currency = "print(Order.objects.filter(currency=row).count())";
    assert_eq!(each("Currency.objects.all()", of_currency), ["shop.Currency: -"]);
    let of_goods = "print(Order.objects.filter(goods=row).count())";
    assert_eq!(each("GoodsCategory.objects.all()", of_goods), ["shop.GoodsCategory: -"]);
    let of_category = "print(Order.objects.filter(category=row).count())";
    assert_eq!(each("Category.objects.all()", of_category), ["shop.Category: -"]);
}

#[test]
fn few_of_each_of_many_are_many() {
    let code = "def show(request):\n    for topic in Topic.objects.all():\n        for kind in OrderType.objects.all():\n            print(Order.objects.filter(kind=kind, topic=topic).count())\n";
    assert_eq!(few(code), ["-: -"]);
}

#[test]
fn tenants_are_few() {
    let said = "shop.Country: each `Country` is a tenant with tables of its own";
    assert_eq!(each("Country.objects.all()", "print(row.owner.email)"), [said]);
    assert_eq!(each("Sort.objects.all()", "print(row.owner.email)"), ["shop.Sort: -"]);
}

#[test]
fn what_a_constraint_leaves_of_one_parent() {
    let said = "shop.Price: no two of these rows of `Price` have the same `term`, which is one of a few";
    assert_eq!(each("Price.objects.filter(order=order)", "print(row.sort.name)"), [said]);
    assert_eq!(each("Price.objects.filter(order_id=request.GET['id'])", "print(row.sort.name)"), [said]);
    assert_eq!(each("Order.objects.get(pk=order).price_set.all()", "print(row.sort.name)"), [said]);
    for rows in ["Price.objects.filter(term=order)", "Price.objects.filter(order__in=order)", "Price.objects.all()"] {
        assert_eq!(each(rows, "print(row.sort.name)"), ["shop.Price: -"], "{rows}");
    }
}

#[test]
fn an_address_has_one_row() {
    let of_topic = "print(Order.objects.filter(topic=row).count())";
    let said = "shop.Topic: as a rule one `Topic` has the same `mail`";
    assert_eq!(each("Topic.objects.filter(mail__iexact=order)", of_topic), [said]);
    assert_eq!(each("Topic.objects.filter(mail__in=order)", of_topic), ["shop.Topic: -"]);
    assert_eq!(each("Topic.objects.exclude(mail=order)", of_topic), ["shop.Topic: -"]);
}

#[test]
fn a_project_has_a_few_sites() {
    let views = "from django.contrib.auth.models import Group\nfrom django.contrib.sites.models import Site\nfrom .models import *\n\n\ndef show(request):\n    for row in Site.objects.all():\n        print(Order.objects.filter(site=row).count())\n    for row in Group.objects.all():\n        print(Order.objects.filter(group=row).count())\n";
    let facts = found(&sources(&[("shop/models.py", KINDS), ("shop/views.py", views)]));
    let few: Vec<_> = facts.queries_in_loops.iter().map(|it| it.few.known().map(|text| text.to_string())).collect();
    assert_eq!(few, [Some("of Django's own `Site` a project has a few".to_owned()), None]);
}

#[test]
fn what_is_said_of_a_table_holds() {
    let topics = "def show(request):\n    for topic in Topic.objects.all():\n        print(Order.objects.filter(topic=topic).count())\n        Order(topic=topic).save()\n    for kind in OrderType.objects.all():\n        print(Order.objects.filter(kind=kind).count())\n";
    let code = format!("from .models import *\n\n\n{topics}");
    let few = |said: &str| {
        let facts = found(&sources(&[("shop/models.py", KINDS), ("shop/views.py", &code)]));
        let config = crate::config::parse(std::path::Path::new("plimsoll.toml"), said).unwrap();
        let mut stack = Stack::default();
        facts.put(&mut stack);
        assume(&mut stack, &config.assume);
        let text = |fact: &Fact<Box<str>>| fact.known().map_or_else(|| "-".to_owned(), |text| text.to_string());
        let queries = stack.queries_in_loops.iter().map(|it| text(&it.few));
        queries.chain(stack.writes_in_loops.iter().map(|it| text(&it.few))).collect::<Vec<_>>()
    };
    let kinds = "`OrderType` looks like a table of kinds";
    assert_eq!(few(""), ["-", kinds, "-"]);
    let stated = "`Topic` is assumed to have 12 rows";
    assert_eq!(few("[assume.rows]\nTopic = 12\n"), [stated, kinds, stated]);
    assert_eq!(few("[assume.rows]\n\"shop.Topic\" = 12\n"), [stated, kinds, stated]);
    // Many are many, whatever a table looks like, and what is said of another's says nothing.
    assert_eq!(few("[assume.rows]\nTopic = 5000\nOrderType = 5000\n"), ["-", "-", "-"]);
    assert_eq!(few("[assume.rows]\n\"chat.Topic\" = 12\nTopic = \"12/user\"\n"), ["-", kinds, "-"]);
}

#[test]
fn users_of_no_model_of_the_repository_may_be_many() {
    let members = each("Sort.objects.get(pk=order).members.all()", "print(Sort.objects.filter(owner=row).count())");
    assert_eq!(members, ["auth.User: -"]);
}

const REGIONS: &str = r#"
from django.db import models


class Region(models.Model):
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=8)


class Centre(models.Model):
    region = models.ForeignKey(Region, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)


class Server(models.Model):
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE)
"#;
const ADMIN: &str = "from django.contrib import admin\n\nfrom .models import Centre, Region, Server\n\nadmin.site.register(Region)\nadmin.site.register([Centre, Server])\n";

/// Why a loop over centres has few turns, with more code beside it.
fn centres(models: &str, admin: &str, more: &[(&str, &str)]) -> Option<String> {
    let views = "from .models import Centre\n\n\ndef show(request):\n    return [it.server_set.count() for it in Centre.objects.all()]\n";
    let mut files = vec![("shop/models.py", models), ("shop/admin.py", admin), ("shop/views.py", views)];
    files.extend(more);
    let facts = found(&sources(&files));
    let [only] = facts.queries_in_loops.as_slice() else { panic!("{:?}", facts.queries_in_loops) };
    only.few.known().map(|text| text.to_string())
}

#[test]
fn what_staff_fill_is_few() {
    let said = Some("staff fill `Centre` in the admin, and no code adds rows to it".to_owned());
    assert_eq!(centres(REGIONS, ADMIN, &[]), said);
    let saves = "from .models import Server\n\n\ndef add(request, centre):\n    Server.objects.create(centre=centre)\n";
    assert_eq!(centres(REGIONS, ADMIN, &[("shop/more.py", saves)]), said);
    // Nobody knows who fills what the admin does not show.
    assert_eq!(centres(REGIONS, "from django.contrib import admin\n", &[]), None);
}

#[test]
fn what_code_adds_to_may_be_many() {
    let import = "from .models import Centre\n\n\n";
    for code in [
        "def add(request):\n    Centre.objects.create(name='a')\n",
        "async def add(request):\n    await Centre.objects.acreate(name='a')\n",
        "def add(request):\n    Centre(name='a').save()\n",
        "def add(request, rows):\n    load_rows(Centre, rows)\n",
        "from django.apps import apps\n\n\ndef add(request):\n    apps.get_model('shop.Centre').objects.create()\n",
        "from django import forms\n\n\nclass CentreForm(forms.ModelForm):\n    class Meta:\n        model = Centre\n",
        "from rest_framework import serializers\n\n\nclass CentreSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Centre\n\n\ndef add(request):\n    CentreSerializer(data=request.data).save()\n",
    ] {
        assert_eq!(centres(REGIONS, ADMIN, &[("shop/more.py", &format!("{import}{code}"))]), None, "{code}");
    }
    // Nor is what is part of something that code makes.
    let regions = "from .models import Region\n\n\ndef add(request):\n    Region.objects.create()\n";
    assert_eq!(centres(REGIONS, ADMIN, &[("shop/more.py", regions)]), None);
}

#[test]
fn what_happens_or_is_a_users_may_be_many() {
    for field in ["on = models.DateField()", "owner = models.ForeignKey('auth.User', on_delete=models.CASCADE)"] {
        let models = REGIONS.replace("    region = models", &format!("    {field}\n    region = models"));
        assert_eq!(centres(&models, ADMIN, &[]), None, "{field}");
    }
}
