def with_party(bookings):
    return bookings.select_related("member", "tour").exclude(state="cancelled")


def larger_than(bookings, size):
    return bookings.filter(party_size__gt=size)
