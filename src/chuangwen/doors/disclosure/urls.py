"""Addresses of what the town has released, under /open/."""

from django.urls import URLPattern, path

from chuangwen.doors.disclosure import views

urlpatterns: list[URLPattern] = [
    path("", views.released_list, name="open"),
    path("elder/", views.elder, name="open_elder"),
    path("<int:release_id>/", views.page, name="open_page"),
    path("<int:release_id>/files/<int:file_id>/", views.file, name="open_file"),
]
