from django.apps import AppConfig


class QuillfoldConfig(AppConfig):
    name = "demo.product.quillfold"
    label = "quillfold"
