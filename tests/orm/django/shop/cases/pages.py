"""Pages by less usual ways: made where they are routed to, with what each page gets, of templates that are chosen. The
template of a case has its name."""

from counting import case
from django.http import HttpResponse
from django.shortcuts import render
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.views import View
from django.views.generic import DetailView, ListView
from web import get, request, shown_by

from shop.models import Book, Loan, Tag

routed_by_model_view = ListView.as_view(model=Loan, template_name="routed_by_model.html")


@case
def routed_by_model():
    return get(routed_by_model_view)


routed_by_queryset_view = ListView.as_view(
    queryset=Loan.objects.order_by("pk"), context_object_name="loans", template_name="routed_by_queryset.html"
)


@case
def routed_by_queryset():
    return get(routed_by_queryset_view)


routed_loaded_view = ListView.as_view(
    queryset=Loan.objects.select_related("book").order_by("pk"),
    context_object_name="loans",
    template_name="routed_loaded.html",
)


@case
def routed_loaded():
    return get(routed_loaded_view)


routed_detail_view = DetailView.as_view(model=Tag, template_name="routed_detail.html")


@case
def routed_detail():
    return shown_by(routed_detail_view, pk=1)


routed_detail_loaded_view = DetailView.as_view(
    queryset=Tag.objects.prefetch_related("books__publisher"), template_name="routed_detail_loaded.html"
)


@case
def routed_detail_loaded():
    return shown_by(routed_detail_loaded_view, pk=1)


def chosen_by_a_condition_view(request):
    name = "there_is_none.html" if request.GET.get("part") else "chosen_by_a_condition.html"
    return render(request, name, {"loans": Loan.objects.order_by("pk")})


@case
def chosen_by_a_condition():
    return get(chosen_by_a_condition_view)


def chosen_by_a_branch_view(request):
    name = "chosen_by_a_branch.html"
    if request.GET.get("part"):
        name = "there_is_none.html"
    return render(request, name, {"loans": Loan.objects.order_by("pk")})


@case
def chosen_by_a_branch():
    return get(chosen_by_a_branch_view)


def chosen_loaded_view(request):
    name = "there_is_none.html" if request.GET.get("part") else "chosen_loaded.html"
    return render(request, name, {"loans": Loan.objects.select_related("book").order_by("pk")})


@case
def chosen_loaded():
    return get(chosen_loaded_view)


def in_an_answer_view(request):
    return SimpleTemplateResponse("in_an_answer.html", {"loans": Loan.objects.order_by("pk")}).render()


@case
def in_an_answer():
    return get(in_an_answer_view)


def in_an_answer_loaded_view(request):
    return SimpleTemplateResponse(
        "in_an_answer_loaded.html", context={"loans": Loan.objects.select_related("book").order_by("pk")}
    ).render()


@case
def in_an_answer_loaded():
    return get(in_an_answer_loaded_view)


def in_a_context_object_view(request):
    template = Engine.get_default().get_template("in_a_context_object.html")
    return HttpResponse(template.render(Context({"loans": Loan.objects.order_by("pk")})))


@case
def in_a_context_object():
    return get(in_a_context_object_view)


def in_a_context_object_loaded_view(request):
    template = Engine.get_default().get_template("in_a_context_object_loaded.html")
    return HttpResponse(template.render(Context({"loans": Loan.objects.select_related("book").order_by("pk")})))


@case
def in_a_context_object_loaded():
    return get(in_a_context_object_loaded_view)


@case
def sorted_by_a_path():
    return render_to_string("sorted_by_a_path.html", {"loans": Loan.objects.order_by("pk")})


@case
def sorted_by_a_column():
    return render_to_string("sorted_by_a_column.html", {"loans": Loan.objects.order_by("pk")})


@case
def sorted_by_what_is_loaded():
    return render_to_string(
        "sorted_by_what_is_loaded.html", {"loans": Loan.objects.select_related("book").order_by("pk")}
    )


@case
def first_of_each():
    return render_to_string("first_of_each.html", {"books": Book.objects.order_by("pk")})


@case
def first_of_prefetched():
    books = Book.objects.prefetch_related("chapters").order_by("pk")
    return render_to_string("first_of_prefetched.html", {"books": books})


@case
def in_every_page():
    return render_to_string("in_every_page.html", {}, request())


@case
def in_every_page_loaded():
    return render_to_string("in_every_page_loaded.html", {}, request())


@case
def in_one_page_loaded():
    return render_to_string(
        "in_one_page_loaded.html", {"all_loans": Loan.objects.select_related("book").order_by("pk")}, request()
    )


class NamedByItsMethod(ListView):
    queryset = Loan.objects.order_by("pk")
    template_name = "named_by_its_method.html"

    def get_context_object_name(self, object_list):
        return "loans"


@case
def named_by_its_method():
    return get(NamedByItsMethod.as_view())


class NamedByItsMethodLoaded(ListView):
    queryset = Loan.objects.select_related("book").order_by("pk")
    template_name = "named_by_its_method_loaded.html"

    def get_context_object_name(self, object_list):
        return "loans"


@case
def named_by_its_method_loaded():
    return get(NamedByItsMethodLoaded.as_view())


class Shelf(View):
    def get(self, request):
        context = {"title": self.title}
        context.update(self.more())
        return render(request, self.template_name, context)

    def more(self):
        return {}


class ByABase(Shelf):
    title = "Loans"
    template_name = "by_a_base.html"

    def more(self):
        return {"loans": Loan.objects.order_by("pk")}


@case
def by_a_base():
    return get(ByABase.as_view())


class ByABaseLoaded(Shelf):
    title = "Loans"
    template_name = "by_a_base_loaded.html"

    def more(self):
        return {"loans": Loan.objects.select_related("book").order_by("pk")}


@case
def by_a_base_loaded():
    return get(ByABaseLoaded.as_view())
