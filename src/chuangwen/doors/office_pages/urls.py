"""Addresses of the pages of the town's own order: people, sites, packs, ledger."""

from django.urls import URLPattern, path

from chuangwen.doors.office_pages import calendar_views, system_views, views

urlpatterns: list[URLPattern] = [
    path("people/", views.people, name="people"),
    path("people/export/", views.people_export, name="people_export"),
    path("people/add/", views.add_person, name="person_add"),
    path("people/units/", views.units, name="units"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("people/<int:person_id>/change/", views.change_person, name="person_change"),
    path("sites/", views.sites, name="sites"),
    path("sites/export/", views.sites_export, name="sites_export"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/export/", views.ledger_export, name="ledger_export"),
    path("packs/", system_views.packs, name="packs"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("doctor/", system_views.doctor, name="doctor"),
]
