"""Asks views, serializers, the admin, schemas and tables for what they give."""

import json

from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory


class Staff:
    is_active = is_staff = is_authenticated = True
    pk = id = 1

    def has_perm(self, *args):
        return True

    has_module_perms = has_perm

    def get_username(self):
        return "staff"


def request(path="/", user=None, **query):
    made = RequestFactory().get(path, query)
    made.user = user or AnonymousUser()
    return made


def get(view, *args, **query):
    """The page that a view gives."""
    response = view(request(**query), *args)
    if hasattr(response, "render"):
        response.render()
    assert response.status_code == 200, response
    return response.content.decode()


def listed(view_set, action="list", **kwargs):
    """What a view set lists."""
    return get(view_set.as_view({"get": action}), **kwargs)


def shown_by(view, pk):
    response = view(request(), pk=pk)
    return response.render().content.decode()


def changelist(admin_class, model):
    """The rows of an admin's list, with all its columns."""
    from django.contrib.admin.templatetags.admin_list import results

    admin = admin_class(model, AdminSite())
    changes = admin.get_changelist_instance(request(user=Staff()))
    changes.formset = None
    return [[str(cell) for cell in row] for row in results(changes)]


def inlines(admin_class, model, pk):
    """What the inlines of one row's form show besides its fields."""
    admin = admin_class(model, AdminSite())
    asked, row, out = request(user=Staff()), model.objects.get(pk=pk), []
    for inline in admin.get_inline_instances(asked, row):
        formset = inline.get_formset(asked, row)
        fields = inline.get_readonly_fields(asked, row)
        for form in formset(instance=row, queryset=inline.get_queryset(asked)).initial_forms:
            out.append([str(getattr(inline, name)(form.instance)) for name in fields])
    return out


def form(admin_class, model):
    """The form of the admin for a new row."""
    return str(admin_class(model, AdminSite()).get_form(request(user=Staff()))())


def inline_forms(admin_class, model, pk):
    """The forms of the inlines of one row."""
    asked, row = request(user=Staff()), model.objects.get(pk=pk)
    shown = admin_class(model, AdminSite()).get_inline_instances(asked, row)
    return [str(it.get_formset(asked, row)(instance=row)) for it in shown]


def list_forms(admin_class, model):
    """The forms that stand in the rows of the admin's list."""
    admin, asked = admin_class(model, AdminSite()), request(user=Staff())
    rows = admin.get_changelist_instance(asked).result_list
    return str(admin.get_changelist_formset(asked)(queryset=rows))


def filters(admin_class, model):
    """What is offered beside the admin's list to filter it by."""
    changes = admin_class(model, AdminSite()).get_changelist_instance(request(user=Staff()))
    return [[str(choice["display"]) for choice in it.choices(changes)] for it in changes.filter_specs]


def searched(admin_class, model, words):
    """The rows that the admin's list finds."""
    changes = admin_class(model, AdminSite()).get_changelist_instance(request(user=Staff(), q=words))
    return [str(row) for row in changes.result_list]


def graphene_data(schema, query):
    result = schema.execute(query)
    assert not result.errors, result.errors
    return json.dumps(result.data)


def strawberry_data(schema, query):
    result = schema.execute_sync(query)
    assert not result.errors, result.errors
    return json.dumps(result.data)


def rows_of(table):
    """The cells of a table, as its template takes them."""
    return [[str(cell) for cell in row] for row in table.as_values()] + [
        [str(value) for _, value in row.items()] for row in table.rows
    ]


def ninja_get(api, path):
    from ninja.testing import TestClient

    response = TestClient(api).get(path)
    assert response.status_code == 200, response.content
    return response.content.decode()
