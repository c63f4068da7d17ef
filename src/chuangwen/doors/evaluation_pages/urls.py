"""Addresses of the pages of the evaluation: framework, duties, rounds, observations, the plan."""

from django.urls import URLPattern, path

from chuangwen.doors.evaluation_pages import (
    duty_import_views,
    duty_views,
    finding_views,
    framework_views,
    import_views,
    material_reviews,
    measure_views,
    plan_views,
    round_views,
)

urlpatterns: list[URLPattern] = [
    path("framework/", framework_views.framework, name="framework"),
    path("framework/import/", import_views.indicators, name="framework_import"),
    path("framework/<int:edition_id>/", framework_views.framework, name="framework_edition"),
    path("framework/<int:edition_id>/duties.xlsx", framework_views.duty_sheet, name="framework_sheet"),
    path("framework/<int:edition_id>/code/<str:code>/", framework_views.standard_by_code, name="standard_by_code"),
    path("standards/<int:node_id>/", framework_views.standard, name="standard"),
    path("duties/", duty_views.duties, name="duties"),
    path("duties/mine/", duty_views.mine, name="my_duties"),
    path("duties/bulk/", duty_import_views.bulk, name="duties_bulk"),
    path("duties/export/", duty_views.export, name="duties_export"),
    path("duties/<int:node_id>/", duty_views.assign, name="duty_assign"),
    path("rounds/", round_views.rounds, name="rounds"),
    path("rounds/open/", round_views.open_round, name="round_open"),
    path("rounds/<slug:code>/", round_views.round_page, name="round"),
    path("rounds/<slug:code>/change/", round_views.change_round, name="round_change"),
    path("losses/", round_views.losses, name="losses"),
    path("losses/export/", round_views.losses_export, name="losses_export"),
    path("villages/", round_views.villages, name="villages"),
    path("observations/", measure_views.observations, name="observations"),
    path("observations/record/", measure_views.record, name="record"),
    path("observations/<int:observation_id>/finding/", finding_views.open_finding, name="finding"),
    path("observations/<int:observation_id>/recheck/", finding_views.recheck, name="recheck"),
    path("observations/import/", import_views.observations, name="observations_import"),
    path("observations/export/", measure_views.observations_export, name="observations_export"),
    path("materials/", measure_views.materials, name="materials"),
    path("materials/<int:requirement_id>/ask/", material_reviews.ask, name="material_ask"),
    path("answers/", measure_views.answers, name="answers"),
    path("plan/", plan_views.plan, name="plan"),
    path("plan/import/", plan_views.import_plan, name="plan_import"),
    path("plan/tasks/<int:task_id>/", plan_views.assign_task, name="plan_assign"),
]
