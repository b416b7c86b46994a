//! Models that packages bring, and those that build upon them.

use super::*;

#[test]
fn a_model_has_what_its_base_of_a_package_declares() {
    let models = "from django.db import models\nfrom guardian.models import UserObjectPermissionBase\n\n\nclass Book(models.Model):\n    title = models.CharField(max_length=80)\n\n\nclass BookUserObjectPermission(UserObjectPermissionBase):\n    content_object = models.ForeignKey(Book, on_delete=models.CASCADE)\n";
    let views = "from .models import Book\n\n\ndef rights(book: Book):\n    for right in book.bookuserobjectpermission_set.select_related('user'):\n        yield right.user.username, right.permission.codename\n\n\ndef names():\n    return [[it.user.email for it in book.bookuserobjectpermission_set.all()] for book in Book.objects.all()]\n";
    assert_eq!(
        told(&[("shop/models.py", models), ("shop/views.py", views)]),
        [
            r#"lazy rights:permission: select_related("permission") (no fix)"#,
            r#"lazy names:bookuserobjectpermission_set.user: prefetch_related("bookuserobjectpermission_set__user")"#,
        ]
    );
}

#[test]
fn a_fork_of_a_model_stands_for_it() {
    let models = "from django.db import models\nfrom oscar.apps.order.abstract_models import AbstractOrder\n\n\nclass Order(AbstractOrder):\n    note = models.CharField(max_length=80)\n\n\nfrom oscar.apps.order.models import *\n";
    let tasks = "from oscar.core.loading import get_model\n\nOrder = get_model('order', 'Order')\nLine = get_model('order', 'Line')\n\n\ndef titles():\n    for order in Order.objects.prefetch_related('lines'):\n        for line in order.lines.all():\n            yield order.user.email, line.product.title\n\n\ndef notes():\n    return [line.order.note for line in Line.objects.select_related('order')]\n";
    assert_eq!(
        told(&[("shop/order/models.py", models), ("shop/tasks.py", tasks)]),
        [r#"lazy titles:user,lines.product: select_related("user").prefetch_related("lines__product")"#]
    );
}

#[test]
fn users_have_groups_whoever_they_are() {
    let views = "from django.contrib.auth.models import Group, User\n\n\ndef groups():\n    return [[group.name for group in user.groups.all()] for user in User.objects.all()]\n\n\ndef members():\n    return [group.user_set.count() for group in Group.objects.all()]\n\n\ndef loaded():\n    return [[group.name for group in user.groups.all()] for user in User.objects.prefetch_related('groups')]\n";
    let found = [
        r#"lazy groups:groups: prefetch_related("groups")"#,
        r#"query members:group.user_set.count: annotate(Count("user"))"#,
    ];
    assert_eq!(told(&[("shop/views.py", views)]), found);
    let models = "from django.contrib.auth.models import AbstractUser\n\n\nclass User(AbstractUser):\n    pass\n";
    let views = views.replace("Group, User", "Group\nfrom .models import User");
    assert_eq!(told(&[("shop/models.py", models), ("shop/views.py", &views)]), found);
}

#[test]
fn a_setting_names_the_model_that_a_key_refers_to() {
    let settings = "INSTALLED_APPS = ['shop']\nSHOP_MAKER_MODEL = 'shop.Maker'\n";
    let models = "from django.conf import settings\nfrom django.db import models\n\n\nclass Country(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass Maker(models.Model):\n    country = models.ForeignKey(Country, on_delete=models.CASCADE)\n\n\nclass Book(models.Model):\n    maker = models.ForeignKey(settings.SHOP_MAKER_MODEL, on_delete=models.CASCADE)\n";
    let views = "from .models import Book\n\n\ndef names():\n    return [it.maker.country.name for it in Book.objects.select_related('maker')]\n";
    assert_eq!(
        told(&[("shop/settings.py", settings), ("shop/models.py", models), ("shop/views.py", views)]),
        [r#"lazy names:maker.country: select_related("maker__country")"#]
    );
}

#[test]
fn a_package_that_is_the_repository_is_read_there() {
    let models = "from django.db import models\n\n\nclass Rank(models.Model):\n    name = models.CharField(max_length=9)\n\n\nclass UserObjectPermissionBase(models.Model):\n    rank = models.ForeignKey(Rank, on_delete=models.CASCADE)\n\n    class Meta:\n        abstract = True\n\n\nclass UserObjectPermission(UserObjectPermissionBase):\n    pass\n";
    let views = "from guardian.models import UserObjectPermission\n\n\ndef names():\n    return [(it.rank.name, it.permission.codename) for it in UserObjectPermission.objects.all()]\n";
    assert_eq!(
        told(&[("guardian/models.py", models), ("guardian/views.py", views)]),
        [r#"lazy names:rank: select_related("rank")"#]
    );
}

#[test]
fn lists_of_one_name_that_all_are_of_one_model_are_of_it() {
    let models = "from django.db import models\n\n\nclass Voucher(models.Model):\n    code = models.CharField(max_length=9)\n\n    @property\n    def left(self):\n        return self.uses.exclude(done=True).count()\n\n\nclass Use(models.Model):\n    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, related_name=\"uses\")\n    by = models.ForeignKey(\"auth.User\", on_delete=models.CASCADE)\n\n\nclass Coupon(models.Model):\n    vouchers = models.ManyToManyField(Voucher)\n\n\nclass Basket(models.Model):\n    vouchers = models.ManyToManyField(Voucher)\n";
    let views = "def left(thing):\n    return sum(it.left for it in thing.attr.vouchers.all())\n\n\ndef users(thing):\n    return [[use.by.email for use in it.uses.all()] for it in thing.attr.vouchers.all()]\n\n\ndef few(thing):\n    return [it.left for it in thing.vouchers]\n";
    let by_query = ["query left:self.uses.exclude.count: annotate(Count(\"uses\", filter=Q(...)))"];
    let of = |models: &str| {
        told(&[("shop/models.py", models), ("shop/views.py", &format!("from .models import *\n\n\n{views}"))])
    };
    assert_eq!(of(models), by_query);
    let twice = "class Holder:\n    def __init__(self, key):\n        self.coupon = Coupon.objects.get(pk=key)\n\n\ndef empty(holder):\n    for it in holder.coupon.vouchers.all():\n        if it.friends.all():\n            it.friends.set([])\n\n\ndef run(key):\n    empty(Holder(key))\n";
    let models_with = models.replace(
        "max_length=9)\n\n    @property",
        "max_length=9)\n    friends = models.ManyToManyField(\"auth.User\")\n\n    @property",
    );
    assert_eq!(
        told(&[("shop/models.py", &models_with), ("shop/views.py", &format!("from .models import *\n\n\n{twice}"))]),
        [
            r#"lazy empty:friends: prefetch_related("friends")"#,
            "write empty:it.friends.set: through.objects.filter(...).delete(), then through.objects.bulk_create(...)"
        ]
    );
    let other = "\n\nclass Refund(models.Model):\n    vouchers = models.ManyToManyField(\"auth.User\")\n";
    assert!(of(&format!("{models}{other}")).is_empty());
}

#[test]
fn a_package_s_model_may_have_to_be_saved_by_its_own_code() {
    let views = "from django.contrib.auth.models import User\nfrom rest_framework.authtoken.models import Token\n\n\ndef give():\n    for user in User.objects.all():\n        Token(user=user).save()\n";
    let facts = found(&sources(&[("shop/views.py", views)]));
    let own: Vec<_> = facts.writes_in_loops.iter().map(|it| it.own.known().copied()).collect();
    assert_eq!(own, [Some(true)]);
}
