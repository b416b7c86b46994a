//! What querysets are asked.

use super::*;
use crate::stack::vocabulary::{QuerysetUse, Vocable};

const PARCELS: &str = r#"
from django.db import models


class Site(models.Model):
    code = models.SlugField()
    owner = models.ForeignKey("auth.User", null=True, on_delete=models.CASCADE)


class Parcel(models.Model):
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="parcels")
    token = models.CharField(max_length=40)
    note = models.TextField(db_index=True)
    status = models.CharField(max_length=9)
    slot = models.IntegerField()
    box = models.OneToOneField("Box", on_delete=models.CASCADE)


class Box(models.Model):
    name = models.CharField(max_length=9)
"#;

/// Each use of a file of views: its kind, and the fields that it is about.
fn uses(text: &str) -> Vec<String> {
    let files = [("depot/models.py", PARCELS), ("depot/views.py", &format!("from .models import *\n\n\n{text}"))];
    let said = |it: &QuerysetUse| {
        let kind = it.kind.known().map_or("", |kind| kind.word());
        it.field.known().map_or_else(|| kind.to_owned(), |field| format!("{kind} {field}"))
    };
    found(&sources(&files)).queryset_uses.iter().map(said).collect()
}

#[test]
fn what_one_branch_asks_is_asked() {
    let text = "def search(request, words=None):\n    parcels = Parcel.objects.all()\n    if words:\n        parcels = parcels.filter(note__icontains=words)\n    return list(parcels)\n";
    assert_eq!(uses(text), ["unindexable_lookup Parcel.note"]);
    let one = text.replace("Parcel.objects.all()", "Parcel.objects.filter(site=request.GET[\"site\"])");
    assert!(uses(&one).is_empty());
}

#[test]
fn what_is_left_out_finds_no_rows() {
    let text = "def taken(request, token):\n    return Parcel.objects.filter(token=token).exclude(pk=request.GET[\"pk\"]).exists()\n";
    assert_eq!(uses(text), ["filter_without_index Parcel.token"]);
}

#[test]
fn constants_and_what_each_row_has_tell_no_row_from_others() {
    let text = "from django.db.models import F\n\n\ndef some(request):\n    return Parcel.objects.filter(slot=F(\"site_id\")).count(), Parcel.objects.filter(token=\"none\").count()\n\n\ndef by_status(request, status):\n    return Parcel.objects.filter(status=status).count()\n";
    assert!(uses(text).is_empty());
}

#[test]
fn what_a_function_gives_is_asked_by_who_goes_through_it() {
    let text = "def of(token):\n    return Parcel.objects.filter(token=token)\n\n\ndef view(request, token):\n    return [it.slot for it in of(token)]\n";
    assert_eq!(uses(text), ["filter_without_index Parcel.token"]);
}

#[test]
fn a_prefetch_that_one_branch_asks_for_may_not_be_there() {
    let text = "def rows(request, deep=False):\n    sites = Site.objects.all()\n    if deep:\n        sites = sites.prefetch_related(\"parcels\")\n    return [site.code for site in sites.iterator()]\n";
    assert!(uses(text).is_empty());
    assert_eq!(uses(&text.replace("    if deep:\n        ", "    ")), ["iterator_prefetch"]);
}

#[test]
fn a_key_that_may_be_null_is_told_without_a_change() {
    let text = "def owner(request, pk):\n    site = Site.objects.get(pk=pk)\n    return {\"owner\": site.owner.id}\n";
    assert_eq!(uses(text), ["key_by_object"]);
    let handed = "def owner(request, site):\n    return {\"owner\": site.owner.id}\n\n\ndef view(request, pk):\n    return owner(request, Site.objects.get(pk=pk))\n";
    assert!(uses(handed).is_empty());
}

#[test]
fn a_clause_for_something_else_leaves_it_what_it_was() {
    let text = "def view(request, token):\n    return [it.site.code for it in Parcel.objects.filter(token=token)]\n";
    let anchors = |text: &str| {
        let views = format!("from .models import *\n\n\n{text}");
        let facts = found(&sources(&[("depot/models.py", PARCELS), ("depot/views.py", &views)]));
        facts.queryset_uses.iter().map(|it| it.about.anchor.to_string()).collect::<Vec<_>>()
    };
    let before = anchors(text);
    assert_eq!(before, ["depot/models.py#Parcel:filter_without_index:Parcel.token"]);
    assert_eq!(anchors(&text.replace("objects.", "objects.select_related(\"site\").")), before);
}

#[test]
fn what_may_be_a_list_or_is_there_already_is_not_counted() {
    let text = "def of(site):\n    return site.ready if hasattr(site, \"ready\") else site.parcels.filter(slot=1)\n\n\ndef view(request, pk):\n    site = Site.objects.get(pk=pk)\n    return len(of(site))\n";
    assert!(uses(text).is_empty());
    let plain = text.replace("site.ready if hasattr(site, \"ready\") else ", "");
    assert_eq!(uses(&plain), ["fetched_to_count"]);
    let counted = "def view(request, slot):\n    found = Parcel.objects.filter(slot=1)\n    slots = [it.slot for it in found]\n    return slots if found.count() == 0 else None\n";
    assert!(uses(counted).is_empty());
    assert_eq!(uses(&counted.replace("[it.slot for it in found]", "[]")), ["counted_to_test"]);
}

#[test]
fn an_index_is_missed_once() {
    let text = "from depot.models import Parcel\n\n\ndef show(request, token):\n    return Parcel.objects.get(token=token)\n\n\ndef taken(request, token):\n    return Parcel.objects.filter(token=token).exists()\n";
    let files = [("depot/models.py", PARCELS), ("depot/views.py", text), ("scripts/find.py", text)];
    let all = found(&sources(&files)).queryset_uses;
    let [it] = &*all else { panic!("{all:?}") };
    assert_eq!((it.others.known(), it.reach.known()), (Some(&3), Some(&Reach::Requests)));
}

#[test]
fn whether_there_are_rows_is_not_their_number() {
    let told = |text: &str| {
        let files = [("depot/models.py", PARCELS), ("depot/views.py", &*format!("from .models import *\n\n\n{text}"))];
        let all = found(&sources(&files)).queryset_uses;
        all.iter().filter_map(|it| it.remedy.known().map(|it| it.to_string())).collect::<Vec<_>>()
    };
    for test in ["len(rows()) > 0", "len(rows()) == 0", "len(rows()) != 0"] {
        let text =
            format!("def show(request):\n    return {}\n", test.replace("rows()", "Parcel.objects.filter(slot=1)"));
        assert_eq!(told(&text), ["exists()"], "{test}");
    }
    assert_eq!(told("def show(request):\n    return len(Parcel.objects.filter(slot=1)) > 9\n"), ["count()"]);
    assert_eq!(told("def show(request):\n    return len(Parcel.objects.filter(slot=1)) or \"none\"\n"), ["count()"]);
    assert_eq!(
        told("def show(request):\n    if len(Parcel.objects.filter(slot=1)):\n        return 1\n"),
        ["exists()"]
    );
    // One row at most.
    let by_key = "def show(request, pk):\n    if Parcel.objects.filter(pk=pk):\n        return 1\n";
    assert!(told(by_key).is_empty());
    assert_eq!(told(&by_key.replace("pk=pk", "slot=pk")), ["exists()"]);
    assert!(told(&by_key.replace("pk=pk", "box_id=pk")).is_empty());
}

#[test]
fn what_is_left_behind_the_first_rows_is_not_the_first_rows() {
    let text =
        |part: &str| format!("def rows(request, n):\n    return list(Parcel.objects.order_by(\"slot\")[{part}])\n");
    assert_eq!(uses(&text(":5")), ["order_without_index Parcel.slot"]);
    assert_eq!(uses(&text("n:n + 20")), ["order_without_index Parcel.slot"]);
    for part in ["n:", "max(0, n):", "-5:"] {
        assert!(uses(&text(part)).is_empty(), "{part}");
    }
}

#[test]
fn rows_that_are_gone_through_besides_are_asked_themselves() {
    let remedies = |text: &str| {
        let text = format!("from .models import *\n\n\ndef lines(rows):\n    return sorted(rows)\n\n\n{text}");
        let facts = found(&sources(&[("depot/models.py", PARCELS), ("depot/views.py", &text)]));
        let all = facts.queryset_uses.iter().filter_map(|it| it.remedy.known());
        all.map(|it| it.to_string()).collect::<Vec<_>>()
    };
    let text = "def view(request):\n    left = Parcel.objects.filter(slot=1)\n    if left.count() > 0:\n        print(lines(left))\n";
    assert_eq!(remedies(text), ["list(left)"]);
    let gone = text.replace("print(lines(left))", "for it in left:\n            print(it.token)");
    assert_eq!(remedies(&gone), ["list(left)"]);
    // What somebody else is given he may ask for a part of.
    assert_eq!(remedies(&text.replace("lines(left)", "Paginator(left)")), ["exists()"]);
    assert_eq!(remedies(&text.replace("lines(left)", "1")), ["exists()"]);
}
