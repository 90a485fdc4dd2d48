"""The content version: what is equal only as long as nothing that readers see has changed."""

from django.db import models


class ContentVersion(models.Model):
    """The one row whose token is another one as soon as content has changed.

    Triggers of the database itself see to that, in the transaction of the change (triggers.py), so
    nothing that writes can forget it. A token never returns, but with the content that it had.
    """

    token = models.CharField(max_length=36)

    def __str__(self):
        return self.token
