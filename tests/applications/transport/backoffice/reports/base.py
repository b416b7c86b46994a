from collections.abc import Iterator

from backoffice.extensions import db


class Report:
    model: type
    title = ""

    def base_query(self):
        return db.session.query(self.model)

    def cells(self, obj) -> list[str]:
        raise NotImplementedError

    def rows(self) -> Iterator[list[str]]:
        for obj in self.base_query().order_by(self.model.id):
            yield self.cells(obj)

    def render(self) -> str:
        return "\n".join([self.title, *(";".join(row) for row in self.rows())])
