import csv

HEADER = ["number", "title", "artist", "value"]


def row_for(obj):
    return [obj.inventory_no, obj.title, obj.artist.name, str(obj.value).replace(".", ",")]


def write_artefacts(stream, objects, delimiter=";"):
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(HEADER)
    for obj in objects:
        writer.writerow(row_for(obj))
