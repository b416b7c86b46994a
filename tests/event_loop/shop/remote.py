"""Functions of another file that wait."""

import requests

from .outside import URL


def fetch():
    return requests.get(URL, timeout=5).text


def rate():
    return requests.get(URL, timeout=5).text


def stock():
    return requests.get(URL, timeout=5).text


def tax():
    return requests.get(URL, timeout=5).text


def cost():
    return requests.get(URL, timeout=5).text


def weight():
    return requests.get(URL, timeout=5).text


class Shop:
    def __init__(self):
        self.session = requests.Session()

    def open(self):
        return self.session.get(URL, timeout=5).text

    def price(self):
        return self._ask()

    def _ask(self):
        return self.session.get(URL, timeout=5).text


shop = Shop()
