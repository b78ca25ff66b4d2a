from django import template

from tenants import noting

register = template.Library()
register.filter("plain_note", noting.plain_note)
register.filter("markdown_note", noting.markdown_note)
