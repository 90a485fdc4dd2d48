"""What the console is told."""

import logging
import re

# One-time links, private links and previews end with at least 128 random bits; address names have
# no capital letters.
SECRET = re.compile(r"(?<=[/=])(?=[\w:=-]*[A-Z])[\w:=-]{22,}")


class NoSecrets(logging.Filter):
    """Takes out of what is told the parts of addresses by which a page would open to anybody."""

    def filter(self, record):
        """Return True: everything is told, but for that."""
        record.msg, record.args = SECRET.sub("…", record.getMessage()), ()
        return True
