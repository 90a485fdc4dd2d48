"""Small pieces of English."""

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()


def listed(names):
    """Return names as English lists them: "A", "A and B", "A, B and C"; "" for none."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def in_words(number):
    """Return a count as a word up to twelve, in digits above."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
