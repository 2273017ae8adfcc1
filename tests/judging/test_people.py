"""What a password has to be: long enough, and not what anybody would try first."""

import pytest

from moderation.errors import Invalid
from moderation.judging.people import refuse_bad_password

ANN = "Ann.Miller@example.org"


@pytest.mark.parametrize(
    "password",
    [
        "111111111111",
        "abcabcabcabc",
        "äöüäöüäöüäöü",
        "            ",
        "123456789012",
        "0987654321098",
        "abcdefghijkl",
        "qwertyuiop12",
        "asdfghjklyxcvbnm",
        "ann.miller@example.org",
        "ANN.MILLER@EXAMPLE.ORG",
        "ann-miller-2026",
        "millermiller1",
        "password1234",
        "Password2026!",
        "passwordpassword",
        "letmein-admin",
    ],
)
def test_one_that_is_easy_to_guess_is_refused(password: str):
    with pytest.raises(Invalid, match="easy to guess"):
        refuse_bad_password(password, ANN)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "the cat sat on the mat",
        "aB3$kL9!xQ2z",
        "rain in annapolis, miller's day",
        "ein grüner Schirm am See",
        "0f9a2c71d4e8b356",
    ],
)
def test_one_that_nobody_would_try_is_taken(password: str):
    refuse_bad_password(password, ANN)
    refuse_bad_password(password, "")


@pytest.mark.parametrize("password", ["", "short words", "a long one " * 94], ids=len)
def test_its_length_is_said(password: str):
    with pytest.raises(Invalid, match="12 to 1,024 characters"):
        refuse_bad_password(password, ANN)
