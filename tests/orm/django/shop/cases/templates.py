"""Templates of Django's. The template of a case has its name."""

from counting import case
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import get_template, render_to_string
from django.template.response import TemplateResponse
from django.views import View
from django.views.generic import DetailView, ListView, TemplateView
from web import get, shown_by

from shop.models import Author, Book, Chapter, Country, Loan, Publisher, Reader, Review, Tag


def books_by_render(request):
    return render(request, "rendered_by_a_function.html", {"books": Book.objects.order_by("pk")})


@case
def rendered_by_a_function():
    return get(books_by_render)


class BookList(ListView):
    model = Book
    template_name = "list_view.html"


@case
def list_view():
    return get(BookList.as_view())


class NamedList(ListView):
    queryset = Book.objects.filter(stock__gt=0).order_by("pk")
    context_object_name = "books"
    template_name = "list_view_with_a_name.html"
    paginate_by = 50


@case
def list_view_with_a_name():
    return get(NamedList.as_view())


class Dashboard(TemplateView):
    template_name = "context_data.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["loans"] = Loan.objects.filter(returned=False).order_by("pk")
        return context


@case
def context_data():
    return get(Dashboard.as_view())


class CountedList(ListView):
    template_name = "counted_in_a_template.html"

    def get_queryset(self):
        return Book.objects.order_by("pk")


@case
def counted_in_a_template():
    return get(CountedList.as_view())


def nested_loop_view(request):
    authors = Author.objects.order_by("pk")
    return render(request, "nested_loop.html", {"authors": authors})


@case
def nested_loop():
    return get(nested_loop_view)


def extended_view(request):
    context = {"reviews": Review.objects.order_by("pk")}
    return render(request, "block_of_a_base.html", context)


@case
def block_of_a_base():
    return get(extended_view)


def included_view(request):
    return render(request, "row_in_an_include.html", {"books": Book.objects.order_by("pk")})


@case
def row_in_an_include():
    return get(included_view)


def with_view(request):
    return render(request, "named_by_with.html", {"books": Book.objects.order_by("pk")})


@case
def named_by_with():
    return get(with_view)


def property_view(request):
    return render(request, "property_in_a_template.html", {"books": Book.objects.order_by("pk")})


@case
def property_in_a_template():
    return get(property_view)


def text_view(request):
    return TemplateResponse(request, "text_of_a_row.html", {"reviews": Review.objects.order_by("pk")})


@case
def text_of_a_row():
    return get(text_view)


@case
def rendered_to_a_text():
    return render_to_string("rendered_to_a_text.txt", {"loans": Loan.objects.order_by("pk")})


class TagDetail(DetailView):
    model = Tag
    template_name = "rows_of_one.html"


@case
def rows_of_one():
    return shown_by(TagDetail.as_view(), 1)


def tested_view(request):
    return render(request, "tested_in_an_if.html", {"books": Book.objects.order_by("pk")})


@case
def tested_in_an_if():
    return get(tested_view)


class Table(View):
    def get(self, request):
        loans = Loan.objects.select_related("book").order_by("pk")
        return render(request, "two_hops_one_joined.html", {"loans": loans})


@case
def two_hops_one_joined():
    return get(Table.as_view())


# What follows loads what it reads, or reads nothing.


def loaded_render(request):
    return render(request, "rendered_loaded.html", {"books": Book.objects.select_related("author").order_by("pk")})


@case
def rendered_loaded():
    return get(loaded_render)


class LoadedList(ListView):
    queryset = Book.objects.select_related("author").order_by("pk")
    template_name = "list_view_loaded.html"


@case
def list_view_loaded():
    return get(LoadedList.as_view())


class LoadedByMethod(ListView):
    model = Book
    template_name = "loaded_by_get_queryset.html"

    def get_queryset(self):
        return super().get_queryset().select_related("publisher").order_by("pk")


@case
def loaded_by_get_queryset():
    return get(LoadedByMethod.as_view())


class LoadedContext(TemplateView):
    template_name = "context_data_loaded.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(loans=Loan.objects.select_related("book").order_by("pk"), **kwargs)


@case
def context_data_loaded():
    return get(LoadedContext.as_view())


class Annotated(ListView):
    queryset = Book.objects.annotate(n=Count("review")).order_by("pk")
    template_name = "counted_by_annotation.html"


@case
def counted_by_annotation():
    return get(Annotated.as_view())


def prefetched_view(request):
    return render(request, "nested_loop_prefetched.html", {"authors": Author.objects.prefetch_related("books")})


@case
def nested_loop_prefetched():
    return get(prefetched_view)


def keys_view(request):
    return render(request, "keys_only.html", {"books": Book.objects.order_by("pk")})


@case
def keys_only():
    return get(keys_view)


def one_view(request, key=1):
    return render(request, "one_row.html", {"book": get_object_or_404(Book, pk=key)})


@case
def one_row():
    return get(one_view)


def values_view(request):
    return render(request, "values.html", {"books": Book.objects.values("title", "author__name")})


@case
def values():
    return get(values_view)


def lists_view(request):
    return render(request, "plain_lists.html", {"books": [{"title": "a", "author": {"name": "b"}}]})


@case
def plain_lists():
    return get(lists_view)


def included_loaded_view(request):
    return render(request, "include_loaded.html", {"books": Book.objects.select_related("publisher")})


@case
def include_loaded():
    return get(included_loaded_view)


def property_loaded_view(request):
    return render(request, "property_loaded.html", {"books": Book.objects.select_related("author")})


@case
def property_loaded():
    return get(property_loaded_view)


def few_view(request):
    return render(request, "few_rows.html", {"books": Book.objects.order_by("pk")[:3]})


@case
def few_rows():
    return get(few_view)


def first_view(request):
    return render(request, "only_for_the_first.html", {"books": Book.objects.order_by("pk")})


@case
def only_for_the_first():
    return get(first_view)


@case
def tag_that_asks():
    return render_to_string("tag_that_asks.html", {"books": Book.objects.order_by("pk")})


@case
def tag_with_the_context():
    return render_to_string("tag_with_the_context.html", {"books": Book.objects.order_by("pk")})


@case
def filter_that_asks():
    return render_to_string("filter_that_asks.html", {"books": Book.objects.order_by("pk")})


@case
def filter_of_a_text():
    return render_to_string("filter_of_a_text.html", {"books": Book.objects.order_by("pk")})


@case
def tag_that_asks_nothing():
    return render_to_string("tag_that_asks_nothing.html", {"books": Book.objects.order_by("pk")})


@case
def filter_of_what_is_loaded():
    return render_to_string(
        "filter_of_what_is_loaded.html", {"books": Book.objects.select_related("author").order_by("pk")}
    )


@case
def tag_that_includes():
    return render_to_string("tag_that_includes.html", {"books": Book.objects.order_by("pk")})


@case
def tag_that_includes_keys():
    return render_to_string("tag_that_includes_keys.html", {"books": Book.objects.order_by("pk")})


@case
def looked_for_in_a_list():
    books = Book.objects.order_by("pk")
    return render_to_string("looked_for_in_a_list.html", {"books": books, "tag": Tag.objects.first()})


@case
def looked_for_in_a_loaded_list():
    books = Book.objects.prefetch_related("tags").order_by("pk")
    return render_to_string("looked_for_in_a_loaded_list.html", {"books": books, "tag": Tag.objects.first()})


class KeywordsByName(TemplateView):
    template_name = "context_by_keywords.html"

    def get_context_data(self, **kwargs):
        kwargs["loans"] = Loan.objects.filter(returned=False).order_by("pk")
        return super().get_context_data(**kwargs)


@case
def context_by_keywords():
    return get(KeywordsByName.as_view())


class KeywordsAtOnce(TemplateView):
    template_name = "context_by_keywords_at_once.html"

    def get_context_data(self, *args, **kwargs):
        kwargs.update({"loans": Loan.objects.order_by("pk"), "title": "Loans"})
        return super().get_context_data(*args, **kwargs)


@case
def context_by_keywords_at_once():
    return get(KeywordsAtOnce.as_view())


class KeywordsLoaded(TemplateView):
    template_name = "context_by_keywords_loaded.html"

    def get_context_data(self, **kwargs):
        kwargs["loans"] = Loan.objects.select_related("book").order_by("pk")
        return super().get_context_data(**kwargs)


@case
def context_by_keywords_loaded():
    return get(KeywordsLoaded.as_view())


@case
def context_by_a_call():
    return render_to_string(
        "context_by_a_call.html", dict(title="Loans", loans=Loan.objects.filter(returned=False).order_by("pk"))
    )


@case
def context_by_a_call_over():
    before = {"loans": Loan.objects.filter(returned=False).order_by("pk")}
    return render_to_string(
        "context_by_a_call_over.html", dict(before, loans=Loan.objects.select_related("book").order_by("pk"))
    )


class Joined(TemplateView):
    template_name = "context_joined.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"loans": Loan.objects.filter(returned=False).order_by("pk")}


@case
def context_joined():
    return get(Joined.as_view())


class JoinedOver(TemplateView):
    template_name = "context_joined_over.html"

    def get_context_data(self, **kwargs):
        return {"loans": Loan.objects.filter(returned=False).order_by("pk")} | {
            "loans": Loan.objects.select_related("book").order_by("pk")
        }


@case
def context_joined_over():
    return get(JoinedOver.as_view())


class JoinedInPlace(TemplateView):
    template_name = "context_joined_in_place.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context |= {"loans": Loan.objects.filter(returned=False).order_by("pk"), "title": "Loans"}
        return context


@case
def context_joined_in_place():
    return get(JoinedInPlace.as_view())


class Spread(TemplateView):
    template_name = "context_spread.html"

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "loans": Loan.objects.filter(returned=False).order_by("pk")}


@case
def context_spread():
    return get(Spread.as_view())


class SpreadOver(TemplateView):
    template_name = "context_spread_over.html"

    def get_context_data(self, **kwargs):
        loans = {"loans": Loan.objects.filter(returned=False).order_by("pk")}
        return {
            **loans,
            **super().get_context_data(**kwargs),
            "loans": Loan.objects.select_related("book").order_by("pk"),
        }


@case
def context_spread_over():
    return get(SpreadOver.as_view())


class ByDefault(TemplateView):
    template_name = "context_by_default.html"

    def get_context_data(self, **kwargs):
        kwargs.setdefault("loans", Loan.objects.filter(returned=False).order_by("pk"))
        return super().get_context_data(**kwargs)


@case
def context_by_default():
    return get(ByDefault.as_view())


class Kept(TemplateView):
    template_name = "context_kept.html"

    def get_context_data(self, **kwargs):
        kwargs["loans"] = Loan.objects.select_related("book").order_by("pk")
        kwargs.setdefault("loans", Loan.objects.filter(returned=False).order_by("pk"))
        return super().get_context_data(**kwargs)


@case
def context_kept():
    return get(Kept.as_view())


@case
def context_filled_from_nothing():
    context = {}
    context["loans"] = Loan.objects.filter(returned=False).order_by("pk")
    return render_to_string("context_filled_from_nothing.html", context)


@case
def context_filled_from_nothing_at_once():
    context = dict()
    context.update(loans=Loan.objects.filter(returned=False).order_by("pk"))
    return render_to_string("context_filled_from_nothing_at_once.html", context)


@case
def context_filled_with_loaded():
    context = {}
    context["loans"] = Loan.objects.filter(returned=False).order_by("pk")
    context["loans"] = Loan.objects.select_related("book").order_by("pk")
    return render_to_string("context_filled_with_loaded.html", context)


class Answered(TemplateView):
    template_name = "answered_with.html"

    def get(self, request, *args, **kwargs):
        return self.render_to_response({"loans": Loan.objects.filter(returned=False).order_by("pk")}).render()


@case
def answered_with():
    return get(Answered.as_view())


class AnsweredContext(TemplateView):
    template_name = "answered_with_its_context.html"

    def get(self, request, *args, **kwargs):
        context = self.get_context_data(**kwargs)
        context["loans"] = Loan.objects.filter(returned=False).order_by("pk")
        return self.render_to_response(context).render()


@case
def answered_with_its_context():
    return get(AnsweredContext.as_view())


class AnsweredKeywords(TemplateView):
    template_name = "answered_with_keywords.html"

    def get(self, request, *args, **kwargs):
        return self.render_to_response(
            self.get_context_data(loans=Loan.objects.filter(returned=False).order_by("pk"))
        ).render()


@case
def answered_with_keywords():
    return get(AnsweredKeywords.as_view())


class AnsweredLoaded(TemplateView):
    template_name = "answered_with_loaded.html"

    def get(self, request, *args, **kwargs):
        return self.render_to_response(context={"loans": Loan.objects.select_related("book").order_by("pk")}).render()


@case
def answered_with_loaded():
    return get(AnsweredLoaded.as_view())


class NamedByMethod(TemplateView):
    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"loans": Loan.objects.filter(returned=False).order_by("pk")}

    def get_template_names(self):
        return ["there_is_none.html", "named_by_a_method.html"]


@case
def named_by_a_method():
    return get(NamedByMethod.as_view())


class NamedByMethodLoaded(TemplateView):
    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"loans": Loan.objects.select_related("book").order_by("pk")}

    def get_template_names(self):
        return ["named_by_a_method_loaded.html"]


@case
def named_by_a_method_loaded():
    return get(NamedByMethodLoaded.as_view())


@case
def regrouped_by_a_row():
    return render_to_string("regrouped_by_a_row.html", {"loans": Loan.objects.filter(returned=False).order_by("pk")})


@case
def regrouped_and_read():
    return render_to_string("regrouped_and_read.html", {"loans": Loan.objects.filter(returned=False).order_by("pk")})


@case
def regrouped_by_a_path():
    return render_to_string("regrouped_by_a_path.html", {"loans": Loan.objects.filter(returned=False).order_by("pk")})


@case
def regrouped_by_a_key():
    return render_to_string("regrouped_by_a_key.html", {"loans": Loan.objects.filter(returned=False).order_by("pk")})


@case
def regrouped_loaded():
    return render_to_string("regrouped_loaded.html", {"loans": Loan.objects.select_related("book").order_by("pk")})


class BookLines(ListView):
    model = Book

    def render_to_response(self, context, **kwargs):
        return HttpResponse("\n".join(book.author.name for book in context["object_list"]))


@case
def answered_in_another_way():
    return get(BookLines.as_view())


class LoadedBookLines(ListView):
    queryset = Book.objects.select_related("author")

    def render_to_response(self, context, **kwargs):
        return HttpResponse("\n".join(book.author.name for book in context["object_list"]))


@case
def answered_in_another_way_loaded():
    return get(LoadedBookLines.as_view())
