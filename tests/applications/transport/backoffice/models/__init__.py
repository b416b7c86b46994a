from backoffice.models.care import Complaint, Reply, Subscription
from backoffice.models.people import Customer, CustomerProfile, Staff, Team
from backoffice.models.sales import Outlet, Product, Refund, Ticket, Validation

__all__ = [
    "Complaint", "Customer", "CustomerProfile", "Outlet", "Product", "Refund", "Reply", "Staff", "Subscription",
    "Team", "Ticket", "Validation",
]
