"""Tables to take along, for a spreadsheet."""

import csv

from django.http import HttpResponse
from django.utils.http import content_disposition_header

# With these a spreadsheet begins a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_response(name, headings, rows):
    """Return a table as a file to download, in UTF-8 with the mark by which Excel knows it."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    writer = csv.writer(response)
    writer.writerows([neutral(cell) for cell in row] for row in (headings, *rows))
    return response


def neutral(cell):
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    text = str(cell)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text
