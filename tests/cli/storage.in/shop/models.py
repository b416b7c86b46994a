from django.db import models


class Customer(models.Model):
    email = models.EmailField(unique=True)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    placed = models.DateTimeField(db_index=True)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    products = models.ManyToManyField("Product")


class Product(models.Model):
    name = models.CharField(max_length=80)
    photo = CloudPhoto()
