"""The check digit of personnummer and payment cards (ISO/IEC 7812-1, annex B)."""

from itertools import accumulate

_DOUBLED = {str(digit): value for digit, value in enumerate((0, 2, 4, 6, 8, 1, 3, 5, 7, 9))}


def is_luhn(digits: str) -> bool:
    """Whether the last digit is right."""
    return LuhnSums(digits).is_right(0, len(digits))


class LuhnSums:
    """Answers for any part of many digits, in the same time whatever its length."""

    def __init__(self, digits: str) -> None:
        plain = [int(digit) for digit in digits]
        doubled = [_DOUBLED[digit] for digit in digits]
        first = [two if index % 2 else one for index, (one, two) in enumerate(zip(plain, doubled, strict=True))]
        second = [one if index % 2 else two for index, (one, two) in enumerate(zip(plain, doubled, strict=True))]
        self._sums = [list(accumulate(each, initial=0)) for each in (first, second)]
        """Sums up to each place, with every other digit doubled: those at odd places, those at even ones."""

    def is_right(self, start: int, length: int) -> bool:
        """Whether the last of so many digits is the right check digit."""
        end = start + length
        sums = self._sums[(end - 1) % 2]
        return (sums[end] - sums[start]) % 10 == 0
