"""A content file as YAML: read with the line of every value, written to be read by people."""

from dataclasses import dataclass

import yaml


class ContentError(Exception):
    """What is wrong in a content file, and in which line (counted from 1)."""

    def __init__(self, line, reason):
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Entry:
    """A value of the file: text, a list of entries, or entries by name, with its line."""

    value: str | list | dict
    line: int

    def mapping(self):
        """Return the entries by name. Raises ContentError for text or a list."""
        return self._of(dict, "names with values, such as “title: …”")

    def items(self):
        """Return the list of entries. Raises ContentError for anything else."""
        return self._of(list, "a list, each item beginning with “- ”")

    def text(self):
        """Return the text, "" for an empty value. Raises ContentError for anything else."""
        return self._of(str, "a plain text")

    def _of(self, kind, wanted):
        if not isinstance(self.value, kind):
            raise ContentError(self.line, f"here should be {wanted}.")
        return self.value


def parse(text):
    """Return the file's one Entry. Raises ContentError where it isn't good YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise ContentError(error.problem_mark.line + 1, f"{error.problem}.") from error
    except yaml.YAMLError as error:
        raise ContentError(1, str(error)) from error
    if node is None:
        raise ContentError(1, "the file is empty.")
    return _entry(node)


def _entry(node):
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        empty = node.tag == "tag:yaml.org,2002:null"
        return Entry("" if empty else node.value, line)
    if isinstance(node, yaml.SequenceNode):
        return Entry([_entry(item) for item in node.value], line)
    entries = {}
    for key, value in node.value:
        if key.value in entries:
            raise ContentError(key.start_mark.line + 1, f"“{key.value}” stands here twice.")
        entries[key.value] = _entry(value)
    return Entry(entries, line)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, indentless=False)


def _text(dumper, text):
    long = len(text) > 70 and "\n" not in text
    style = "|" if "\n" in text else ">" if long else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write(data):
    """Return `data` (dicts, lists, texts, booleans) as YAML."""
    parts = (
        yaml.dump({key: value}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=96)
        for key, value in data.items()
    )
    return "\n".join(parts)
