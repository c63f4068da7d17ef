"""The ledger room."""

from django.apps import AppConfig


class Ledger(AppConfig):
    name = "chuangwen.records.ledger"
    label = "ledger"
    verbose_name = "操作账本"
