from decimal import Decimal


class StatementBuilder:
    width = 72

    def __init__(self, invoices):
        self.invoices = list(invoices)
        self.grand_total = Decimal(0)

    def render(self) -> str:
        blocks = [self._block(invoice) for invoice in self.invoices]
        blocks.append(f"Total {self.grand_total:>10}")
        return "\n".join(blocks)

    def _block(self, invoice) -> str:
        text = [invoice.number.center(self.width, "-")]
        for line in invoice.lines:
            amount = line.quantity * line.unit_price
            self.grand_total += amount
            text.append(f"{line.description:<60}{amount:>12}")
        return "\n".join(text)
