"""A plain loop over a queryset."""

from counting import case
from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, prefetch_related_objects

from shop.models import Author, Book, Chapter, Country, Cover, Loan, Note, Publisher, Reader, Review, Tag


@case
def foreign_key_of_all():
    names = []
    for book in Book.objects.all():
        names.append(book.author.name)
    return names


@case
def behind_a_test():
    out = []
    loans = Loan.objects.filter(returned=False).order_by("pk")
    for loan in loans:
        if loan.reader.name:
            out.append(loan.pk)
    return out


@case
def reverse_of_each():
    out = []
    for author in Author.objects.order_by("name"):
        for book in author.books.all():
            out.append(book.title)
    return out


@case
def many_to_many_of_each():
    out = {}
    for book in Book.objects.in_stock():
        out[book.title] = [tag.name for tag in book.tags.all()]
    return out


@case
def one_to_one_backwards():
    out = []
    for book in Book.objects.all().order_by("-title"):
        out.append(book.cover.url)
    return out


@case
def counted_by_enumerate():
    out = []
    for at, review in enumerate(Review.objects.filter(stars__gte=1), start=1):
        out.append(f"{at}. {review.reader.name}")
    return out


@case
def page_of_many():
    out = []
    page = Paginator(Book.objects.order_by("pk"), 50).get_page(1)
    for book in page:
        out.append(book.publisher.name)
    return out


@case
def first_hundred():
    out = []
    for book in Book.objects.order_by("pk")[:100]:
        out.append(book.publisher.name)
    return out


@case
def result_of_select_related_thrown_away():
    books = Book.objects.order_by("pk")
    books.select_related("author")
    out = []
    for book in books:
        out.append(book.author.name)
    return out


@case
def other_relation_is_joined():
    out = []
    for book in Book.objects.select_related("publisher"):
        out.append((book.publisher.name, book.editor.name))
    return out


@case
def chosen_by_a_branch(newest=True):
    books = Book.objects.all()
    if newest:
        books = books.order_by("-pk")
    else:
        books = books.order_by("pk")
    out = []
    for book in books:
        out.append(book.author.name)
    return out


@case
def by_iterator():
    out = []
    for loan in Loan.objects.iterator(chunk_size=100):
        out.append(loan.book.title)
    return out


@case
def turned_into_a_list_first():
    out = []
    loans = list(Loan.objects.all())
    loans.sort(key=lambda it: it.pk)
    for loan in loans:
        out.append(loan.reader.name)
    return out


@case
def prefetch_without_the_next_hop():
    out = []
    for book in Book.objects.prefetch_related("review_set"):
        for review in book.review_set.all():
            out.append(review.reader.name)
    return out


@case
def generic_relation():
    out = []
    for book in Book.objects.all():
        for note in book.notes.all():
            out.append(note.text)
    return out


@case
def generic_foreign_key():
    out = []
    for note in Note.objects.all():
        out.append(note.about.title)
    return out


@case
def only_with_a_deferred_field_read():
    out = []
    for book in Book.objects.only("title"):
        out.append((book.title, book.price))
    return out


@case
def deferred_field_read():
    out = []
    for book in Book.objects.defer("stock"):
        out.append(book.stock)
    return out


# What follows loads what it reads, or reads nothing.


@case
def joined():
    names = []
    for book in Book.objects.select_related("author"):
        names.append(book.author.name)
    return names


@case
def joined_by_a_method_of_the_queryset():
    names = []
    for book in Book.objects.in_stock().with_author():
        names.append(book.author.name)
    return names


@case
def joined_by_the_manager():
    names = []
    for book in Book.catalogue.cheap():
        names.append(book.publisher.name)
    return names


@case
def reverse_prefetched():
    out = []
    for author in Author.objects.prefetch_related("books"):
        for book in author.books.all():
            out.append(book.title)
    return out


@case
def key_is_there():
    out = []
    for book in Book.objects.all():
        out.append((book.author_id, book.publisher_id))
    return out


@case
def put_aside_by_prefetch():
    out = []
    rated = Prefetch("review_set", queryset=Review.objects.select_related("reader"), to_attr="rated")
    for book in Book.objects.prefetch_related(rated):
        for review in book.rated:
            out.append(review.reader.name)
    return out


@case
def values_hold_no_relations():
    out = []
    for row in Book.objects.values("title", "author__name"):
        out.append((row["title"], row["author__name"]))
    return out


@case
def tuples_of_values():
    out = []
    for title, author in Book.objects.values_list("title", "author__name"):
        out.append((title, author))
    return out


@case
def annotated():
    out = []
    for book in Book.objects.annotate(publisher_name=F("publisher__name"), n=Count("review")):
        out.append((book.publisher_name, book.n))
    return out


@case
def three_of_them():
    out = []
    for book in Book.objects.order_by("pk")[:3]:
        out.append(book.author.name)
    return out


@case
def of_one_author():
    out = []
    author = Author.objects.get(pk=1)
    for book in author.books.all():
        out.append((book.title, book.author.name))
    return out


@case
def loaded_onto_a_list():
    books = list(Book.objects.order_by("pk"))
    prefetch_related_objects(books, "author", "tags")
    out = []
    for book in books:
        out.append((book.author.name, [tag.name for tag in book.tags.all()]))
    return out


@case
def over_a_dict():
    prices = {"a": 1, "b": 2}
    out = []
    for author, price in prices.items():
        out.append(author.upper())
    return out


@case
def looked_up_in_bulk():
    authors = Author.objects.in_bulk()
    out = []
    for book in Book.objects.all():
        out.append(authors[book.author_id].name)
    return out


@case
def assigned_from_a_map():
    authors = {author.pk: author for author in Author.objects.all()}
    out = []
    for book in Book.objects.all():
        book.author = authors[book.author_id]
        out.append(book.author.name)
    return out


@case
def back_to_the_parent():
    out = []
    for author in Author.objects.prefetch_related("books"):
        for book in author.books.all():
            out.append((author.name, book.author.name))
    return out


@case
def only_the_first():
    for book in Book.objects.order_by("pk"):
        name = book.author.name
        return name


@case
def raw_with_a_join():
    out = []
    for country in Country.objects.raw("select id, name from shop_country"):
        out.append(country.name)
    return out


@case
def only_what_is_read():
    out = []
    for book in Book.objects.select_related("author").only("title", "author__name"):
        out.append((book.title, book.author.name))
    return out
