"""Tasks of Celery's, management commands, receivers of signals."""

from celery import Celery, shared_task
from counting import case
from django.core.management.base import BaseCommand
from django.db.models import Count
from django.db.models.signals import post_save, pre_delete
from django.dispatch import Signal, receiver

from shop.models import Author, Book, Invoice, Loan, Parcel, Publisher, Reader, Review

app = Celery("shop", broker="memory://")
closing = Signal()
sent = []


def send(*what):
    sent.append(what)


@shared_task
def remind():
    out = []
    for loan in Loan.objects.filter(returned=False).order_by("pk"):
        out.append(f"{loan.reader.name}: {loan.book_id}")
    return out


@case
def shared_task_reads():
    return remind()


@app.task(bind=True, max_retries=3)
def restock(self):
    for book in Book.objects.filter(stock__lt=5):
        book.stock = 5
        book.save()


@case
def task_writes():
    return restock.run()


@shared_task
def mail_one(key):
    loan = Loan.objects.get(pk=key)
    return loan.fine


@shared_task
def mail_all():
    return [mail_one(loan.pk) for loan in Loan.objects.only("pk")]


@case
def task_calls_a_task_for_each():
    return mail_all()


@shared_task(name="weights")
def weigh():
    return sum(parcel.loan.fine + parcel.weight for parcel in Parcel.objects.all())


@case
def task_sums():
    return weigh()


class ReportCommand(BaseCommand):
    help = "prints what is lent"

    def handle(self, *args, **options):
        lines = []
        for loan in Loan.objects.order_by("pk"):
            lines.append(f"{loan.book.title}")
        return "\n".join(lines)


@case
def command_reads():
    return ReportCommand().handle()


class CleanCommand(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, dry_run=False, **options):
        for reader in Reader.objects.all():
            if not reader.loans.filter(returned=True).exists():
                send(reader.pk)
        return len(sent)


@case
def command_asks_for_each():
    sent.clear()
    return CleanCommand().handle()


@receiver(closing)
def settle_all(sender, **kwargs):
    for invoice in Invoice.objects.all():
        send(invoice.loan.fine)


@case
def receiver_reads():
    closing.send(sender=None)


class Importer:
    """A step of a task, as a class."""

    def run(self):
        return [self.one(publisher) for publisher in Publisher.objects.order_by("pk")]

    def one(self, publisher):
        return publisher.books.aggregate(n=Count("pk"))["n"]


@shared_task
def import_all():
    return Importer().run()


@case
def task_by_a_class():
    return import_all()


@receiver(post_save, sender=Parcel)
def note_parcel(sender, instance, **kwargs):
    send(instance.weight)


@shared_task
def weigh_again():
    for parcel in Parcel.objects.all():
        parcel.weight += 1
        parcel.save()


@case
def saved_with_a_receiver():
    weigh_again()


# What follows loads what it reads, or reads nothing.


@shared_task
def remind_joined():
    return [loan.reader.name for loan in Loan.objects.select_related("reader").filter(returned=False)]


@case
def shared_task_joined():
    return remind_joined()


@app.task
def restock_at_once():
    return Book.objects.filter(stock__lt=5).update(stock=5)


@case
def task_writes_at_once():
    return restock_at_once.run()


@shared_task
def mail_key(key):
    return key * 2


@shared_task
def mail_keys():
    return [mail_key(key) for key in Loan.objects.values_list("pk", flat=True)]


@case
def task_calls_a_task_without_queries():
    return mail_keys()


@shared_task
def queue_all(keys=(1, 2)):
    for key in keys:
        send(mail_one.s(key))
    return len(sent)


@case
def task_queues_a_task():
    sent.clear()
    return queue_all()


class JoinedCommand(BaseCommand):
    def handle(self, *args, **options):
        return "\n".join(loan.book.title for loan in Loan.objects.select_related("book"))


@case
def command_joined():
    return JoinedCommand().handle()


class StreamCommand(BaseCommand):
    def handle(self, *args, **options):
        return "\n".join(book.title for book in Book.objects.iterator(chunk_size=100))


@case
def command_streams():
    return StreamCommand().handle()


opened = Signal()


@receiver(opened)
def greet(sender, reader=None, **kwargs):
    send(reader.country.name)


@case
def receiver_of_one_row():
    opened.send(sender=None, reader=Reader.objects.get(pk=1))


@shared_task
def one_loan(key):
    loan = Loan.objects.select_related("reader").get(pk=key)
    return [loan.reader.name, loan.book.title]


@case
def task_of_one_row():
    return one_loan(1)


@shared_task
def counted():
    return {reader.name: reader.n for reader in Reader.objects.annotate(n=Count("loans"))}


@case
def task_annotates():
    return counted()


@shared_task
def over_words():
    return [word.title() for word in ["a", "b", "c"]]


@case
def task_over_a_list():
    return over_words()
