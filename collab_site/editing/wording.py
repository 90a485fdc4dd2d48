"""What was put into a text and what was taken out of it, in whole words."""

from difflib import SequenceMatcher

SAME, INSERTED, DELETED = "same", "inserted", "deleted"


def wording(older, newer):
    """Return [(kind, words)], where `kind` is SAME, INSERTED or DELETED; white space is one space.

    The words of SAME and INSERTED are those of `newer`, of SAME and DELETED those of `older`.
    """
    old, new = older.split(), newer.split()
    parts = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append((SAME, new[j:j_end]))
        else:
            parts += [(DELETED, old[i:i_end]), (INSERTED, new[j:j_end])]
    return [(kind, " ".join(words)) for kind, words in parts if words]
