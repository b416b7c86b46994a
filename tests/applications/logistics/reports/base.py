class ReportBuilder:
    title = ""

    def __init__(self, params):
        self.params = params

    def get_source(self):
        raise NotImplementedError

    def build_row(self, item):
        raise NotImplementedError

    def summary(self, rows):
        return {"count": len(rows)}

    def run(self):
        rows = []
        for item in self.get_source():
            row = self.build_row(item)
            if row is not None:
                rows.append(row)
        return {"title": self.title, "rows": rows, "summary": self.summary(rows)}
