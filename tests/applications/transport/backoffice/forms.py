from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, IntegerField, StringField


class PriceRow(Form):
    product = StringField()
    price_cents = IntegerField()


class PriceListForm(FlaskForm):
    rows = FieldList(FormField(PriceRow))
