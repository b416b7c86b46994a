# django-oscar 3.2
### oscar/apps/address/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractAddress(models.Model):
    country = models.ForeignKey("address.Country")

    class Meta:
        abstract = True

class AbstractCountry(models.Model):
    class Meta:
        abstract = True
        ordering = ("-display_order", "printable_name")

class AbstractShippingAddress(AbstractAddress):
    class Meta:
        abstract = True

class AbstractUserAddress(AbstractShippingAddress):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="addresses")

    class Meta:
        abstract = True
        ordering = ["-num_orders_as_shipping_address"]

class AbstractBillingAddress(AbstractAddress):
    class Meta:
        abstract = True

class AbstractPartnerAddress(AbstractAddress):
    partner = models.ForeignKey("partner.Partner", related_name="addresses")

    class Meta:
        abstract = True

### oscar/apps/address/models.py
from oscar.apps.address.abstract_models import *

class UserAddress(AbstractUserAddress):
    pass

class Country(AbstractCountry):
    pass

### oscar/apps/analytics/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractProductRecord(models.Model):
    product = models.OneToOneField("catalogue.Product", related_name="stats")

    class Meta:
        abstract = True
        ordering = ["-num_purchases"]

class AbstractUserRecord(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL)

    class Meta:
        abstract = True

class AbstractUserProductView(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL)
    product = models.ForeignKey("catalogue.Product")

    class Meta:
        abstract = True
        ordering = ["-pk"]

class AbstractUserSearch(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL)

    class Meta:
        abstract = True
        ordering = ["-pk"]

### oscar/apps/analytics/models.py
from oscar.apps.analytics.abstract_models import *

class ProductRecord(AbstractProductRecord):
    pass

class UserRecord(AbstractUserRecord):
    pass

class UserProductView(AbstractUserProductView):
    pass

class UserSearch(AbstractUserSearch):
    pass

### oscar/apps/basket/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractBasket(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="baskets")
    vouchers = models.ManyToManyField("voucher.Voucher")

    class Meta:
        abstract = True

class AbstractLine(models.Model):
    basket = models.ForeignKey("basket.Basket", related_name="lines")
    product = models.ForeignKey("catalogue.Product", related_name="basket_lines")
    stockrecord = models.ForeignKey("partner.StockRecord", related_name="basket_lines")

    class Meta:
        abstract = True
        ordering = ["date_created", "pk"]

class AbstractLineAttribute(models.Model):
    line = models.ForeignKey("basket.Line", related_name="attributes")
    option = models.ForeignKey("catalogue.Option")

    class Meta:
        abstract = True

### oscar/apps/basket/models.py
from oscar.apps.basket.abstract_models import *

class Basket(AbstractBasket):
    pass

class Line(AbstractLine):
    pass

class LineAttribute(AbstractLineAttribute):
    pass

### oscar/apps/catalogue/abstract_models.py
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from treebeard.mp_tree import MP_Node

class AbstractProductClass(models.Model):
    options = models.ManyToManyField("catalogue.Option")

    class Meta:
        abstract = True
        ordering = ["name"]

class AbstractCategory(MP_Node):
    class Meta:
        abstract = True
        ordering = ["path"]

class AbstractProductCategory(models.Model):
    product = models.ForeignKey("catalogue.Product")
    category = models.ForeignKey("catalogue.Category")

    class Meta:
        abstract = True
        ordering = ["product", "category"]

class AbstractProduct(models.Model):
    parent = models.ForeignKey("self", null=True, related_name="children")
    product_class = models.ForeignKey("catalogue.ProductClass", null=True, related_name="products")
    attributes = models.ManyToManyField("catalogue.ProductAttribute")
    product_options = models.ManyToManyField("catalogue.Option")
    recommended_products = models.ManyToManyField("catalogue.Product")
    categories = models.ManyToManyField("catalogue.Category")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

class AbstractProductRecommendation(models.Model):
    primary = models.ForeignKey("catalogue.Product", related_name="primary_recommendations")
    recommendation = models.ForeignKey("catalogue.Product")

    class Meta:
        abstract = True
        ordering = ["primary", "-ranking"]

class AbstractProductAttribute(models.Model):
    product_class = models.ForeignKey("catalogue.ProductClass", related_name="attributes", null=True)
    option_group = models.ForeignKey("catalogue.AttributeOptionGroup", null=True, related_name="product_attributes")

    class Meta:
        abstract = True
        ordering = ["code"]

class AbstractProductAttributeValue(models.Model):
    attribute = models.ForeignKey("catalogue.ProductAttribute")
    product = models.ForeignKey("catalogue.Product", related_name="attribute_values")
    value_multi_option = models.ManyToManyField("catalogue.AttributeOption", related_name="multi_valued_attribute_values")
    value_option = models.ForeignKey("catalogue.AttributeOption", null=True)
    value_entity = GenericForeignKey()
    entity_content_type = models.ForeignKey("contenttypes.ContentType", null=True)

    class Meta:
        abstract = True

class AbstractAttributeOptionGroup(models.Model):
    class Meta:
        abstract = True

class AbstractAttributeOption(models.Model):
    group = models.ForeignKey("catalogue.AttributeOptionGroup", related_name="options")

    class Meta:
        abstract = True

class AbstractOption(models.Model):
    option_group = models.ForeignKey("catalogue.AttributeOptionGroup", null=True, related_name="product_options")

    class Meta:
        abstract = True
        ordering = ["order", "name"]

class AbstractProductImage(models.Model):
    product = models.ForeignKey("catalogue.Product", related_name="images")

    class Meta:
        abstract = True
        ordering = ["display_order"]

### oscar/apps/catalogue/models.py
from oscar.apps.catalogue.abstract_models import *

class ProductClass(AbstractProductClass):
    pass

class Category(AbstractCategory):
    pass

class ProductCategory(AbstractProductCategory):
    pass

class Product(AbstractProduct):
    pass

class ProductRecommendation(AbstractProductRecommendation):
    pass

class ProductAttribute(AbstractProductAttribute):
    pass

class ProductAttributeValue(AbstractProductAttributeValue):
    pass

class AttributeOptionGroup(AbstractAttributeOptionGroup):
    pass

class AttributeOption(AbstractAttributeOption):
    pass

class Option(AbstractOption):
    pass

class ProductImage(AbstractProductImage):
    pass

### oscar/apps/communication/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractEmail(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="emails", null=True)

    class Meta:
        abstract = True
        ordering = ["-date_sent"]

class AbstractCommunicationEventType(models.Model):
    class Meta:
        abstract = True
        ordering = ["name"]

class AbstractNotification(models.Model):
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="notifications")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True)

    class Meta:
        abstract = True
        ordering = ("-date_sent",)

### oscar/apps/communication/models.py
from oscar.apps.communication.abstract_models import *

class Email(AbstractEmail):
    pass

class CommunicationEventType(AbstractCommunicationEventType):
    pass

class Notification(AbstractNotification):
    pass

### oscar/apps/customer/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractProductAlert(models.Model):
    product = models.ForeignKey("catalogue.Product")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="alerts")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

### oscar/apps/customer/models.py
from oscar.apps.customer.abstract_models import *

class ProductAlert(AbstractProductAlert):
    pass

### oscar/apps/offer/abstract_models.py
from django.conf import settings
from django.db import models

class BaseOfferMixin(models.Model):
    class Meta:
        abstract = True

class AbstractConditionalOffer(models.Model):
    combinations = models.ManyToManyField("offer.ConditionalOffer", related_name="in_combination")
    condition = models.ForeignKey("offer.Condition", related_name="offers")
    benefit = models.ForeignKey("offer.Benefit", related_name="offers")

    class Meta:
        abstract = True
        ordering = ["-priority", "pk"]

class AbstractBenefit(BaseOfferMixin):
    range = models.ForeignKey("offer.Range", null=True)

    class Meta:
        abstract = True

class AbstractCondition(BaseOfferMixin):
    range = models.ForeignKey("offer.Range", null=True)

    class Meta:
        abstract = True

class AbstractRange(models.Model):
    included_products = models.ManyToManyField("catalogue.Product", related_name="includes")
    excluded_products = models.ManyToManyField("catalogue.Product", related_name="excludes")
    classes = models.ManyToManyField("catalogue.ProductClass", related_name="classes")
    included_categories = models.ManyToManyField("catalogue.Category", related_name="includes")
    excluded_categories = models.ManyToManyField("catalogue.Category", related_name="excludes")

    class Meta:
        abstract = True
        ordering = ["name"]

class AbstractRangeProduct(models.Model):
    range = models.ForeignKey("offer.Range")
    product = models.ForeignKey("catalogue.Product")

    class Meta:
        abstract = True

class AbstractRangeProductFileUpload(models.Model):
    range = models.ForeignKey("offer.Range", related_name="file_uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL)

    class Meta:
        abstract = True
        ordering = ("-date_uploaded",)

### oscar/apps/offer/models.py
from oscar.apps.offer.abstract_models import *

class ConditionalOffer(AbstractConditionalOffer):
    pass

class Benefit(AbstractBenefit):
    pass

class Condition(AbstractCondition):
    pass

class Range(AbstractRange):
    pass

class RangeProduct(AbstractRangeProduct):
    pass

class RangeProductFileUpload(AbstractRangeProductFileUpload):
    pass

### oscar/apps/order/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractOrder(models.Model):
    site = models.ForeignKey("sites.Site", null=True)
    basket = models.ForeignKey("basket.Basket", null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="orders", null=True)
    billing_address = models.ForeignKey("order.BillingAddress", null=True)
    shipping_address = models.ForeignKey("order.ShippingAddress", null=True)

    class Meta:
        abstract = True
        ordering = ["-date_placed"]

class AbstractOrderNote(models.Model):
    order = models.ForeignKey("order.Order", related_name="notes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True)

    class Meta:
        abstract = True
        ordering = ["-date_updated"]

class AbstractOrderStatusChange(models.Model):
    order = models.ForeignKey("order.Order", related_name="status_changes")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

class AbstractCommunicationEvent(models.Model):
    order = models.ForeignKey("order.Order", related_name="communication_events")
    event_type = models.ForeignKey("communication.CommunicationEventType")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

class AbstractLine(models.Model):
    order = models.ForeignKey("order.Order", related_name="lines")
    partner = models.ForeignKey("partner.Partner", related_name="order_lines", null=True)
    stockrecord = models.ForeignKey("partner.StockRecord", null=True)
    product = models.ForeignKey("catalogue.Product", null=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

class AbstractLineAttribute(models.Model):
    line = models.ForeignKey("order.Line", related_name="attributes")
    option = models.ForeignKey("catalogue.Option", null=True, related_name="line_attributes")

    class Meta:
        abstract = True

class AbstractLinePrice(models.Model):
    order = models.ForeignKey("order.Order", related_name="line_prices")
    line = models.ForeignKey("order.Line", related_name="prices")

    class Meta:
        abstract = True
        ordering = ("id",)

class AbstractPaymentEventType(models.Model):
    class Meta:
        abstract = True
        ordering = ("name",)

class AbstractPaymentEvent(models.Model):
    order = models.ForeignKey("order.Order", related_name="payment_events")
    lines = models.ManyToManyField("order.Line")
    event_type = models.ForeignKey("order.PaymentEventType")
    shipping_event = models.ForeignKey("order.ShippingEvent", null=True, related_name="payment_events")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

class PaymentEventQuantity(models.Model):
    event = models.ForeignKey("order.PaymentEvent", related_name="line_quantities")
    line = models.ForeignKey("order.Line", related_name="payment_event_quantities")

class AbstractShippingEvent(models.Model):
    order = models.ForeignKey("order.Order", related_name="shipping_events")
    lines = models.ManyToManyField("order.Line", related_name="shipping_events")
    event_type = models.ForeignKey("order.ShippingEventType")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

class ShippingEventQuantity(models.Model):
    event = models.ForeignKey("order.ShippingEvent", related_name="line_quantities")
    line = models.ForeignKey("order.Line", related_name="shipping_event_quantities")

class AbstractShippingEventType(models.Model):
    class Meta:
        abstract = True
        ordering = ("name",)

class AbstractOrderDiscount(models.Model):
    order = models.ForeignKey("order.Order", related_name="discounts")

    class Meta:
        abstract = True
        ordering = ["pk"]

class AbstractOrderLineDiscount(models.Model):
    line = models.ForeignKey("order.Line", related_name="discounts")
    order_discount = models.ForeignKey("order.OrderDiscount", related_name="discount_lines")

    class Meta:
        abstract = True
        ordering = ["pk"]

class AbstractSurcharge(models.Model):
    order = models.ForeignKey("order.Order", related_name="surcharges")

    class Meta:
        abstract = True
        ordering = ["pk"]

### oscar/apps/order/models.py
from oscar.apps.order.abstract_models import *

class Order(AbstractOrder):
    pass

class OrderNote(AbstractOrderNote):
    pass

class OrderStatusChange(AbstractOrderStatusChange):
    pass

class CommunicationEvent(AbstractCommunicationEvent):
    pass

class Line(AbstractLine):
    pass

class LinePrice(AbstractLinePrice):
    pass

class LineAttribute(AbstractLineAttribute):
    pass

class ShippingEvent(AbstractShippingEvent):
    pass

class ShippingEventType(AbstractShippingEventType):
    pass

class PaymentEvent(AbstractPaymentEvent):
    pass

class PaymentEventType(AbstractPaymentEventType):
    pass

class OrderDiscount(AbstractOrderDiscount):
    pass

class OrderLineDiscount(AbstractOrderLineDiscount):
    pass

class Surcharge(AbstractSurcharge):
    pass

### oscar/apps/partner/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractPartner(models.Model):
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="partners")

    class Meta:
        abstract = True
        ordering = ("name", "code")

class AbstractStockRecord(models.Model):
    product = models.ForeignKey("catalogue.Product", related_name="stockrecords")
    partner = models.ForeignKey("partner.Partner", related_name="stockrecords")

    class Meta:
        abstract = True

class AbstractStockAlert(models.Model):
    stockrecord = models.ForeignKey("partner.StockRecord", related_name="alerts")

    class Meta:
        abstract = True
        ordering = ("-date_created",)

### oscar/apps/partner/models.py
from oscar.apps.partner.abstract_models import *

class Partner(AbstractPartner):
    pass

class StockRecord(AbstractStockRecord):
    pass

class StockAlert(AbstractStockAlert):
    pass

### oscar/apps/payment/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractTransaction(models.Model):
    source = models.ForeignKey("payment.Source", related_name="transactions")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

class AbstractSource(models.Model):
    order = models.ForeignKey("order.Order", related_name="sources")
    source_type = models.ForeignKey("payment.SourceType", related_name="sources")

    class Meta:
        abstract = True
        ordering = ["pk"]

class AbstractSourceType(models.Model):
    class Meta:
        abstract = True
        ordering = ["name"]

class AbstractBankcard(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="bankcards")

    class Meta:
        abstract = True

### oscar/apps/payment/models.py
from oscar.apps.payment.abstract_models import *

class Transaction(AbstractTransaction):
    pass

class Source(AbstractSource):
    pass

class SourceType(AbstractSourceType):
    pass

class Bankcard(AbstractBankcard):
    pass

### oscar/apps/shipping/abstract_models.py
from django.db import models

class AbstractBase(models.Model):
    countries = models.ManyToManyField("address.Country")

    class Meta:
        abstract = True
        ordering = ["name"]

class AbstractOrderAndItemCharges(AbstractBase):
    class Meta:
        abstract = True

class AbstractWeightBased(AbstractBase):
    class Meta:
        abstract = True

class AbstractWeightBand(models.Model):
    method = models.ForeignKey("shipping.WeightBased", related_name="bands")

    class Meta:
        abstract = True
        ordering = ["method", "upper_limit"]

### oscar/apps/shipping/models.py
from oscar.apps.shipping.abstract_models import *

class OrderAndItemCharges(AbstractOrderAndItemCharges):
    pass

class WeightBased(AbstractWeightBased):
    pass

class WeightBand(AbstractWeightBand):
    pass

### oscar/apps/voucher/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractVoucherSet(models.Model):
    class Meta:
        abstract = True
        ordering = ["-date_created"]

class AbstractVoucher(models.Model):
    offers = models.ManyToManyField("offer.ConditionalOffer", related_name="vouchers")
    voucher_set = models.ForeignKey("voucher.VoucherSet", null=True, related_name="vouchers")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

class AbstractVoucherApplication(models.Model):
    voucher = models.ForeignKey("voucher.Voucher", related_name="applications")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True)
    order = models.ForeignKey("order.Order")

    class Meta:
        abstract = True
        ordering = ["-date_created"]

### oscar/apps/voucher/models.py
from oscar.apps.voucher.abstract_models import *

class VoucherSet(AbstractVoucherSet):
    pass

class Voucher(AbstractVoucher):
    pass

class VoucherApplication(AbstractVoucherApplication):
    pass

### oscar/apps/wishlists/abstract_models.py
from django.conf import settings
from django.db import models

class AbstractWishList(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="wishlists")

    class Meta:
        abstract = True
        ordering = ("owner", "date_created")

class AbstractLine(models.Model):
    wishlist = models.ForeignKey("wishlists.WishList", related_name="lines")
    product = models.ForeignKey("catalogue.Product", related_name="wishlists_lines", null=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

class AbstractWishListSharedEmail(models.Model):
    wishlist = models.ForeignKey("wishlists.WishList", related_name="shared_emails")

    class Meta:
        abstract = True

### oscar/apps/wishlists/models.py
from oscar.apps.wishlists.abstract_models import *

class WishList(AbstractWishList):
    pass

class Line(AbstractLine):
    pass

class WishListSharedEmail(AbstractWishListSharedEmail):
    pass
