"""Small pieces of English."""

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()


def listed(names):
    """Return names as English lists them: "A", "A and B", "A, B and C"; "" for none."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def in_words(number):
    """Return a count as a word up to twelve, in digits above."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def taking_part(names, count):
    """Return which of all `count` schools take part: "All three schools", or their `names`."""
    if len(names) == count > 1:
        return "Both schools" if count == 2 else f"All {in_words(count)} schools"
    return listed(names)
