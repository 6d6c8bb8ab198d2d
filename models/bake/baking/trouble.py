"""The one error of the bake that a person is meant to read: a sentence, without a trace."""


class BakeError(Exception):
    """What went wrong, as a sentence that says what was expected and what was received."""


def first_line(error: BaseException) -> str:
    """What a foreign error says of itself, short enough for a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    return text if len(text) <= 300 else text[:297] + "..."
