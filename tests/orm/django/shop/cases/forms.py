"""Forms of Django's, whose choices a template writes out. The template of a case has its name, unless the form writes itself out."""

from counting import case
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.generic import CreateView, FormView
from web import get

from shop.models import Book, Reply, Review


class PickReview(forms.Form):
    review = forms.ModelChoiceField(queryset=Review.objects.order_by("pk"))


def pick_review(request):
    return render(request, "choices_by_their_text.html", {"form": PickReview()})


@case
def choices_by_their_text():
    return get(pick_review)


class BookChoice(forms.ModelChoiceField):
    def label_from_instance(self, book):
        return f"{book.title} ({book.author.name})"


class PickBook(forms.Form):
    book = BookChoice(queryset=Book.objects.order_by("pk"))


class PickBookView(FormView):
    form_class = PickBook
    template_name = "choices_by_a_label.html"


@case
def choices_by_a_label():
    return get(PickBookView.as_view())


class ReplyForm(forms.ModelForm):
    class Meta:
        model = Reply
        fields = ["review", "text"]


class ReplyView(CreateView):
    form_class = ReplyForm
    template_name = "choices_of_a_model.html"


@case
def choices_of_a_model():
    return get(ReplyView.as_view())


class PlainReplyView(CreateView):
    model = Reply
    fields = ["review"]
    template_name = "choices_of_a_view.html"


@case
def choices_of_a_view():
    return get(PlainReplyView.as_view())


class NarrowReplyForm(ReplyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["review"].queryset = Review.objects.filter(stars__gt=0).order_by("pk")


def narrow_reply(request):
    form = NarrowReplyForm()
    return render(request, "choices_that_code_sets.html", {"form": form})


@case
def choices_that_code_sets():
    return get(narrow_reply)


class LoadedReplyForm(ReplyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["review"].queryset = Review.objects.select_related("reader", "book").order_by("pk")


def loaded_reply(request):
    return render(request, "choices_that_are_loaded.html", {"form": LoadedReplyForm()})


@case
def choices_that_are_loaded():
    return get(loaded_reply)


class KeyedBookChoice(forms.ModelChoiceField):
    def label_from_instance(self, book):
        return f"{book.title} by {book.author_id}"


class PickByKey(forms.Form):
    book = KeyedBookChoice(queryset=Book.objects.order_by("pk"))


def pick_by_key(request):
    return render(request, "choices_by_what_is_there.html", {"form": PickByKey()})


@case
def choices_by_what_is_there():
    return get(pick_by_key)


class HiddenReplyForm(forms.ModelForm):
    class Meta:
        model = Reply
        fields = ["review", "text"]
        widgets = {"review": forms.HiddenInput}


def hidden_reply(request):
    return render(request, "choices_by_a_number.html", {"form": HiddenReplyForm()})


@case
def choices_by_a_number():
    return get(hidden_reply)


class TextOnlyForm(forms.Form):
    review = forms.ModelChoiceField(queryset=Review.objects.order_by("pk"))
    text = forms.CharField()


def text_only(request):
    return render(request, "choices_left_out.html", {"form": TextOnlyForm()})


@case
def choices_left_out():
    return get(text_only)


class CheckedForm(forms.Form):
    review = forms.ModelChoiceField(queryset=Review.objects.order_by("pk"))


def check(request):
    form = CheckedForm(request.GET)
    return HttpResponse(str(form.is_valid()))


@case
def choices_that_nobody_sees():
    return get(check)


class PickOneOfAll(forms.Form):
    review = forms.ModelChoiceField(queryset=Review.objects.order_by("pk"), widget=forms.RadioSelect)


def pick_one_of_all(request):
    return render(request, "choices_beside_each_other.html", {"form": PickOneOfAll()})


@case
def choices_beside_each_other():
    return get(pick_one_of_all)


class PickSome(forms.Form):
    books = BookChoice(queryset=Book.objects.order_by("pk"))


class PickSomeView(FormView):
    form_class = PickSome
    template_name = "choices_of_visible_fields.html"


@case
def choices_of_visible_fields():
    return get(PickSomeView.as_view())


class PickReviews(forms.Form):
    reviews = forms.ModelMultipleChoiceField(queryset=Review.objects.filter(stars__gt=0).order_by("pk"))


def pick_reviews(request):
    form = PickReviews(request.POST or None)
    context = {"form": form, "title": "Reviews"}
    return render(request, "choices_of_which_many_are_taken.html", context)


@case
def choices_of_which_many_are_taken():
    return get(pick_reviews)


class PickLoaded(forms.Form):
    reviews = forms.ModelMultipleChoiceField(queryset=Review.objects.select_related("reader", "book").order_by("pk"))


def pick_loaded(request):
    return render(request, "choices_of_a_loaded_field.html", {"form": PickLoaded()})


@case
def choices_of_a_loaded_field():
    return get(pick_loaded)


class TextReplyForm(forms.ModelForm):
    class Meta:
        model = Reply
        fields = ["text"]


class TextReplyView(CreateView):
    form_class = TextReplyForm
    template_name = "choices_that_are_no_field.html"


@case
def choices_that_are_no_field():
    return get(TextReplyView.as_view())


class ListedForm(forms.Form):
    author = forms.ChoiceField(choices=())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["author"].choices = [(book.pk, book.title) for book in Book.objects.order_by("pk")]


def listed_form(request):
    return render(request, "choices_that_code_lists.html", {"form": ListedForm()})


@case
def choices_that_code_lists():
    return get(listed_form)
