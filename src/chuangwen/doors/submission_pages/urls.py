"""Addresses of the pages of the yearly submission."""

from django.urls import URLPattern, path

from chuangwen.doors.submission_pages import entry_views, sign_views, views

urlpatterns: list[URLPattern] = [
    path("submission/", views.submission, name="submission"),
    path("submission/pictures/<int:file_id>/<slug:size>/", entry_views.picture, name="submission_picture"),
    path("submission/packages/<int:package_id>/", sign_views.package_file, name="submission_package"),
    path(
        "submission/packages/<int:package_id>/verify/",
        sign_views.package_verify,
        name="submission_package_verify",
    ),
    path("submission/<int:year>/", views.year, name="submission_year"),
    path("submission/<int:year>/compose/", views.compose, name="submission_compose"),
    path("submission/<int:year>/ask/", views.ask, name="submission_ask"),
    path("submission/<int:year>/checks/", views.checks, name="submission_checks"),
    path("submission/<int:year>/export/", views.export, name="submission_export"),
    path("submission/<int:year>/sign/", sign_views.sign, name="submission_sign"),
    path("submission/<int:year>/lock/", sign_views.lock, name="submission_lock"),
    path("submission/<int:year>/reopen/", sign_views.reopen, name="submission_reopen"),
    path("submission/<int:year>/packages/", sign_views.packages, name="submission_packages"),
    path("submission/<int:year>/seal/", sign_views.seal, name="submission_seal"),
    path("submission/<int:year>/standards/<int:node_id>/", entry_views.entry, name="submission_entry"),
    path(
        "submission/<int:year>/standards/<int:node_id>/change/",
        entry_views.change,
        name="submission_change",
    ),
    path(
        "submission/<int:year>/standards/<int:node_id>/return/",
        sign_views.give_back,
        name="submission_return",
    ),
    path(
        "submission/<int:year>/standards/<int:node_id>/preview/",
        entry_views.preview,
        name="submission_preview",
    ),
]
