"""Addresses of the pages about surveys."""

from django.urls import path

from programmes.api.endings import with_endings
from surveys import pages

urlpatterns = with_endings([path("surveys/<slug:slug>/", pages.survey_detail, name="survey")])
