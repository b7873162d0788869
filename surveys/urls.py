"""Addresses of the pages about surveys."""

from django.urls import path

from surveys import pages

urlpatterns = [path("surveys/<slug:slug>/", pages.survey_detail, name="survey")]
