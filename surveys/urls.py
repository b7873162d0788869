"""Addresses of the pages about surveys."""

from django.urls import path

from surveys import views

urlpatterns = [path("surveys/<slug:slug>/", views.survey, name="survey")]
