"""The guide of a first visit, for the first screen of the admin."""

from django import template

from programmes.desk.onboarding import onboarding_of

register = template.Library()
register.simple_tag(onboarding_of, name="onboarding")
