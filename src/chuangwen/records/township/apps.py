"""The township room."""

from django.apps import AppConfig


class Township(AppConfig):
    name = "chuangwen.records.township"
    label = "township"
    verbose_name = "组织、人员与点位"
