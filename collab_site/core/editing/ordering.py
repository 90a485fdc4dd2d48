"""Rows that editors put in order, and that are numbered by it."""

from django.db import models, transaction

from collab_site.core.editing.history import touch


class Ordered(models.Model):
    """A row with a place, counted from 1, among its siblings.

    `order_within` names the foreign key that siblings share; None makes every row a sibling.
    """

    order = models.PositiveIntegerField(editable=False)

    order_within = None

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def siblings(self):
        """Return the queryset of rows ordered together with this one, itself included."""
        rows = type(self)._default_manager.order_by("order", "pk")
        if self.order_within is None:
            return rows
        attname = self._meta.get_field(self.order_within).attname
        return rows.filter(**{attname: getattr(self, attname)})

    def save(self, *args, **kwargs):
        """Put a new row last."""
        if self.order is None:
            last = self.siblings().aggregate(last=models.Max("order"))["last"]
            self.order = (last or 0) + 1
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Close the gap that this row leaves, so that `order` stays its number."""
        siblings = self.siblings()
        with transaction.atomic():
            result = super().delete(*args, **kwargs)
            number_rows(siblings)
        return result

    def move(self, places):
        """Move this row by `places` (-1 up, 1 down) as far as there are rows."""
        self.place(list(self.siblings()).index(self) + 1 + places)

    @transaction.atomic
    def place(self, number):
        """Give this row the `number`th place among its siblings, as far as there are rows."""
        touch(self)
        rows = [row for row in self.siblings().select_for_update() if row != self]
        rows.insert(max(0, number - 1), self)
        number_rows(rows)
        self.refresh_from_db(fields=["order"])

    @transaction.atomic
    def move_to(self, parent, first=False):
        """Move this row to the end, or the front, of the rows that belong to another `parent`."""
        left = self.siblings()
        list(left.select_for_update())
        setattr(self, self.order_within, parent)
        self.order = 0 if first else self.siblings().count() + 1
        self.save()
        number_rows(left)
        number_rows(self.siblings())
        self.refresh_from_db(fields=["order"])


def number_rows(rows):
    """Number `rows` as they stand, from 1."""
    changed = []
    for number, row in enumerate(rows, start=1):
        if row.order != number:
            row.order = number
            changed.append(row)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, ["order"])
