from itertools import islice


def chunked(values, size):
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
