"""Addresses of the pages over all rooms: home, search, notices, what figures mean."""

from django.urls import URLPattern, path

from chuangwen.doors.overview_pages import figure_views, home_views, notice_views, search_views

urlpatterns: list[URLPattern] = [
    path("", home_views.home, name="home"),
    path("choose-round/", home_views.choose_round, name="choose_round"),
    path("search/", search_views.find, name="search"),
    path("figures/", figure_views.figures, name="figures"),
    path("notices/", notice_views.notices, name="notices"),
    path("notices/read/", notice_views.read, name="notices_read"),
]
