"""Bases that ask for what a class below them says, services that annotations name, dicts and mappings of rows."""

from counting import case

from shop.models import Author, Book, Country, Tag


class Report:
    model = None

    def rows(self):
        return self.model.objects.all()

    def lines(self):
        return [self.line(row) for row in self.rows()]

    def line(self, row):
        raise NotImplementedError


class BookReport(Report):
    model = Book

    def line(self, row):
        return f"{row.title} by {row.author.name}"


@case
def base_over_rows_of_a_class_below():
    return BookReport().lines()


class LoadedReport(Report):
    def rows(self):
        return Book.objects.select_related("author")

    def line(self, row):
        return f"{row.title}, {row.author.name}"


@case
def base_over_loaded_rows_of_a_class_below():
    return LoadedReport().lines()


class TitleReport(Report):
    model = Book

    def line(self, row):
        return row.title


@case
def base_whose_class_below_reads_columns():
    return TitleReport().lines()


class Authors:
    def named(self, pk):
        return Author.objects.get(pk=pk).name


class Shelf:
    authors: Authors = Authors()


def names_by(shelf: Shelf):
    return [shelf.authors.named(book.author_id) for book in Book.objects.all()]


@case
def service_that_an_annotation_names():
    return names_by(Shelf())


def names_at_once(shelf: Shelf):
    found = Author.objects.in_bulk([book.author_id for book in Book.objects.all()])
    return [author.name for author in found.values()]


@case
def service_that_is_not_asked():
    return names_at_once(Shelf())


@case
def key_in_each_dict_of_a_list():
    rows = [{"title": book.title, "author": book.author_id} for book in Book.objects.all()]
    return [f"{row['title']} by {Author.objects.get(pk=row['author']).name}" for row in rows]


@case
def dicts_of_a_list_that_hold_all():
    rows = [{"title": book.title, "author": book.author} for book in Book.objects.select_related("author")]
    return [f"{row['title']} by {row['author'].name}" for row in rows]


COLUMNS = {"Title": "title", "Author": "author"}


@case
def names_out_of_a_mapping():
    return [[str(getattr(book, name)) for name in COLUMNS.values()] for book in Book.objects.all()]


@case
def names_out_of_a_mapping_of_loaded_rows():
    return [[str(getattr(book, name)) for name in COLUMNS.values()] for book in Book.objects.select_related("author")]


def first_country():
    return Country.objects.order_by("pk").first()


@case
def asked_again_in_each_turn():
    return [book.title for book in Book.objects.all() if first_country() is not None]


@case
def asked_before_the_loop():
    country = first_country()
    return [book.title for book in Book.objects.all() if country is not None]


@case
def put_into_the_table_between_two():
    tag = Tag.objects.create(name="new")
    for book in Book.objects.all():
        Book.tags.through.objects.create(book=book, tag=tag)


@case
def put_into_the_table_between_two_at_once():
    tag = Tag.objects.create(name="new")
    between = Book.tags.through
    between.objects.bulk_create([between(book=book, tag=tag) for book in Book.objects.all()])


@case
def inserted_at_the_front():
    rows = []
    for book in Book.objects.all():
        rows.insert(0, book)
    return [book.author.name for book in rows]


@case
def kept_where_nothing_was_kept():
    found = None
    if found is None:
        found = [book.author.name for book in Book.objects.all()]
    return found


class Joined:
    joins = ["author"]

    def rows(self):
        return Book.objects.select_related(*self.joins)

    def names(self):
        return [book.author.name for book in self.rows()]


@case
def joined_by_a_list_of_the_class():
    return Joined().names()


class JoinedOtherwise:
    joins = ["publisher"]

    def rows(self):
        return Book.objects.select_related(*self.joins)

    def names(self):
        return [book.author.name for book in self.rows()]


@case
def joined_by_another_list_of_the_class():
    return JoinedOtherwise().names()
