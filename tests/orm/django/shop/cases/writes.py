"""Writes in a loop."""

from counting import case
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from shop.models import Author, Book, Chapter, Invoice, Loan, Note, Publisher, Reader, Review, Shelfmark, Tag


@case
def saved_in_a_loop():
    for book in Book.objects.all():
        book.price = book.price + 1
        book.save()


@case
def saved_with_fields():
    for loan in Loan.objects.filter(returned=False):
        loan.returned = True
        loan.save(update_fields=["returned"])


@case
def created_in_a_loop():
    for reader in Reader.objects.all():
        Loan.objects.create(book_id=1, reader=reader)


@case
def made_and_saved():
    for book in Book.objects.all():
        chapter = Chapter(book=book, title="Preface", number=0)
        chapter.save()


@case
def deleted_in_a_loop():
    for review in Review.objects.filter(stars__lt=10):
        review.delete()


@case
def got_or_created():
    for book in Book.objects.all():
        Tag.objects.get_or_create(name=book.title)


@case
def updated_or_created():
    for reader in Reader.objects.all():
        Tag.objects.update_or_create(name=f"of {reader.name}", defaults={"name": reader.name})


@case
def updated_one_by_one():
    for loan in Loan.objects.all():
        Book.objects.filter(pk=loan.book_id).update(stock=F("stock") - 1)


@case
def added_to_a_relation():
    tag = Tag.objects.get(pk=1)
    for book in Book.objects.all():
        tag.books.add(book)


@case
def set_of_each():
    for book in Book.objects.all():
        book.tags.set([1])


@case
def saved_by_a_method():
    for book in Book.objects.all():
        book.sell()


def close(loan):
    loan.returned = True
    loan.save()


@case
def saved_by_a_function():
    for loan in Loan.objects.filter(returned=False):
        close(loan)


@case
def saved_within_one_transaction():
    with transaction.atomic():
        for reader in Reader.objects.order_by("pk"):
            reader.name = reader.name.upper()
            reader.save()


@case
def related_created():
    for book in Book.objects.all():
        book.chapters.create(title="Appendix", number=99)


@case
def created_by_a_comprehension():
    return len([Tag.objects.create(name=title) for title in Book.objects.values_list("title", flat=True)])


@case
def with_a_save_of_its_own():
    for invoice in Invoice.objects.select_related("loan__book"):
        invoice.save()


@case
def cleared_one_by_one():
    for book in Book.objects.all():
        book.tags.clear()


# What follows writes once, or as often for a few rows.


@case
def updated_at_once():
    Book.objects.filter(stock__gt=0).update(price=F("price") + 1)


@case
def created_at_once():
    Loan.objects.bulk_create(Loan(book_id=1, reader=reader) for reader in Reader.objects.all())


@case
def made_in_a_loop_created_at_once():
    made = []
    for book in Book.objects.all():
        made.append(Chapter(book=book, title="Preface", number=0))
    Chapter.objects.bulk_create(made, batch_size=500)


@case
def changed_in_a_loop_updated_at_once():
    books = list(Book.objects.all())
    for book in books:
        book.price += 1
    Book.objects.bulk_update(books, ["price"])


@case
def deleted_at_once():
    Note.objects.filter(text="none").delete()


@case
def added_all_at_once():
    tag = Tag.objects.get(pk=1)
    tag.books.add(*Book.objects.all())


@case
def a_few_are_created():
    for name in ("new", "used"):
        Tag.objects.create(name=name)


@case
def saved_after_the_loop():
    author = Author.objects.get(pk=1)
    for book in Book.objects.all():
        author.name += book.title[:1]
    author.save()


@case
def dicts_are_updated():
    prices = {}
    for book in Book.objects.all():
        prices.update({book.pk: book.price})
    return prices


@case
def sets_are_added_to():
    names = set()
    for book in Book.objects.all():
        names.add(book.title)
    return sorted(names)


class Canvas:
    saved = 0

    def save(self):
        self.saved += 1


@case
def other_things_are_saved():
    canvas = Canvas()
    for book in Book.objects.all():
        canvas.save()
    return canvas.saved


@case
def removed_from_a_list():
    words = ["Book 1", "Book 2"]
    for book in Book.objects.all():
        if book.title in words:
            words.remove(book.title)
    return words


@case
def written_in_chunks():
    made = [Tag(name=title) for title in Book.objects.values_list("title", flat=True)]
    for start in range(0, len(made), 500):
        Tag.objects.bulk_create(made[start : start + 500])


@case
def created_of_a_package():
    for author in Author.objects.all():
        Group.objects.get_or_create(name=author.name)


@case
def saved_with_what_it_fills_in():
    for mark in Shelfmark.objects.all():
        mark.name = f"{mark.name} old"
        mark.save()


@case
def saved_together_with_what_it_fills_in():
    marks = list(Shelfmark.objects.all())
    for mark in marks:
        mark.slug = slugify(mark.name)
    Shelfmark.objects.bulk_update(marks, ["slug"])
