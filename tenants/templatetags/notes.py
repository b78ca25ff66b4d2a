from django import template

from tenants import noting

register = template.Library()
register.simple_tag(noting.note, name="facts_note")
