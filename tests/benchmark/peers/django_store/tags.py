"""Filters for templates."""

from django import template

from tests.benchmark.peers import wording

register = template.Library()
register.filter("price", wording.price)
register.filter("long_date", wording.date)
register.filter("clock_length", wording.clock_length)
register.filter("iso_length", wording.iso_length)
register.filter("paragraphs", wording.paragraphs)
