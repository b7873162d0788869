"""The guide of a first visit, for the first screen of the admin."""

from django import template

from programmes.desk.onboarding import first_visit

register = template.Library()
register.simple_tag(first_visit)
