"""The jobs room."""

from django.apps import AppConfig


class Jobs(AppConfig):
    name = "chuangwen.records.jobs"
    label = "jobs"
    verbose_name = "后台任务"
