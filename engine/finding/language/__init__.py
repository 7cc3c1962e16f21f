"""The words and the grammar of a filter and of an order; it knows no images and no store."""

from engine.finding.language.grammar import parse
from engine.finding.language.query import BadQuery, Query, query_text
from engine.finding.language.sorting import Order, parse_order

__all__ = ["BadQuery", "Order", "Query", "parse", "parse_order", "query_text"]
