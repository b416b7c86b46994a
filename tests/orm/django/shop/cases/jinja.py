"""Templates of Jinja2. The template of a case has its name."""

from counting import case
from django.shortcuts import render
from django.template import engines
from django.views.generic import ListView
from jinja2 import Environment, FileSystemLoader
from web import get

from shop.models import Author, Book, Country, Loan, Publisher, Reader, Review, Tag

env = Environment(loader=FileSystemLoader("jinja"))


@case
def j_foreign_key():
    return env.get_template("j_foreign_key.html").render(books=Book.objects.order_by("pk"))


@case
def j_nested_loop():
    template = env.get_template("j_nested_loop.j2")
    return template.render({"authors": Author.objects.order_by("pk")})


def j_render(request):
    return render(request, "j_by_render.html", {"loans": Loan.objects.order_by("pk")}, using="jinja2")


@case
def j_by_render():
    return get(j_render)


class JinjaList(ListView):
    queryset = Book.objects.order_by("pk")
    template_name = "j_list_view.jinja"
    template_engine = "jinja2"


@case
def j_list_view():
    return get(JinjaList.as_view())


@case
def j_macro():
    return env.get_template("j_macro.html").render(books=Book.objects.order_by("pk"))


@case
def j_set():
    return env.get_template("j_set.html").render(reviews=Review.objects.order_by("pk"))


@case
def j_count_called():
    return env.get_template("j_count_called.html").render(books=Book.objects.order_by("pk"))


@case
def j_included_row():
    return env.get_template("j_included_row.html").render(books=Book.objects.order_by("pk"))


@case
def j_method_called():
    return env.get_template("j_method_called.html").render(books=Book.objects.order_by("pk"))


@case
def j_extended():
    return env.get_template("j_extended.html").render(books=Book.objects.order_by("pk"))


# What follows loads what it reads, or reads nothing.


@case
def j_foreign_key_loaded():
    return env.get_template("j_foreign_key_loaded.html").render(books=Book.objects.select_related("author"))


@case
def j_nested_loop_prefetched():
    template = env.get_template("j_nested_loop_prefetched.j2")
    return template.render({"authors": Author.objects.prefetch_related("books")})


def j_loaded_render(request):
    loans = Loan.objects.select_related("book").order_by("pk")
    return render(request, "j_by_render_loaded.html", {"loans": loans}, using="jinja2")


@case
def j_by_render_loaded():
    return get(j_loaded_render)


@case
def j_keys():
    return env.get_template("j_keys.html").render(books=Book.objects.order_by("pk"))


@case
def j_length_of_prefetched():
    return env.get_template("j_length_of_prefetched.html").render(books=Book.objects.prefetch_related("tags"))


@case
def j_macro_loaded():
    return env.get_template("j_macro_loaded.html").render(books=Book.objects.select_related("publisher"))


@case
def j_plain_list():
    return env.get_template("j_plain_list.html").render(books=[{"author": {"name": "x"}}])


@case
def j_one_row():
    return env.get_template("j_one_row.html").render(book=Book.objects.get(pk=1))


@case
def j_values():
    return env.get_template("j_values.html").render(names=Book.objects.values_list("author__name", flat=True))


@case
def j_macro_of_another():
    return env.get_template("j_macro_of_another.html").render(books=Book.objects.order_by("pk"))


@case
def j_macro_of_another_loaded():
    return env.get_template("j_macro_of_another_loaded.html").render(books=Book.objects.select_related("author"))


@case
def j_macros_by_a_name():
    return env.get_template("j_macros_by_a_name.html").render(books=Book.objects.order_by("pk"))


@case
def j_mapped():
    return env.get_template("j_mapped.html").render(loans=Loan.objects.order_by("pk"))


@case
def j_mapped_loaded():
    return env.get_template("j_mapped_loaded.html").render(loans=Loan.objects.select_related("book").order_by("pk"))


@case
def j_grouped():
    return env.get_template("j_grouped.html").render(loans=Loan.objects.order_by("pk"))


@case
def j_grouped_and_read():
    return env.get_template("j_grouped_and_read.html").render(loans=Loan.objects.order_by("pk"))


@case
def j_grouped_by_a_key():
    return env.get_template("j_grouped_by_a_key.html").render(loans=Loan.objects.order_by("pk"))


@case
def j_chosen():
    return env.get_template("j_chosen.html").render(loans=Loan.objects.order_by("pk"))


@case
def j_in_threes():
    return env.get_template("j_in_threes.html").render(loans=Loan.objects.order_by("pk"))


@case
def j_in_threes_loaded():
    return env.get_template("j_in_threes_loaded.html").render(loans=Loan.objects.select_related("book").order_by("pk"))


@case
def j_sorted_by_a_column():
    return env.get_template("j_sorted_by_a_column.html").render(loans=Loan.objects.order_by("pk"))
