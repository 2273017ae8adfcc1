"""A receipt's token, as people paste it."""

import pytest

from moderation.judging.receipt import LOCATOR_LENGTH, SECRET_LENGTH, token_in
from moderation.seal import new_receipt

LOCATOR, SECRET = "TZ9HGA1Z60BM", "2TT5XS1WD0J0XQHP26AP6E96RH"


@pytest.mark.parametrize(
    "pasted",
    [
        f"{LOCATOR}.{SECRET}",
        f"https://blog.example/receipt#{LOCATOR}.{SECRET}",
        f"  {LOCATOR}.{SECRET}\r\n",
        f"{LOCATOR}.{SECRET}".lower(),
        "TZ9HG A1Z60 BM.2T T5XS1 WD0J0 XQHP2 6AP6E 96RH",
        "TZ9HG-A1Z60-BM.2TT5X-S1WD0-J0XQH-P26AP-6E96R-H",
        "TZ9HGAlZ6OBM.2TT5XSIWDOJOXQHP26AP6E96RH",
        f"{LOCATOR}{SECRET}",
        f"{LOCATOR} {SECRET}",
    ],
)
def test_a_token_is_read_in_whatever_form_it_is_pasted(pasted: str):
    assert token_in(pasted) == (LOCATOR, SECRET)


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "nonsense",
        "https://blog.example/receipt",
        LOCATOR,
        f"{LOCATOR}.",
        f"{LOCATOR}.{SECRET[:-1]}",
        f"{LOCATOR}.{SECRET}0",
        f"{LOCATOR[:-1]}U.{SECRET}",
        f"{LOCATOR}.{SECRET[:-1]}\x00",
        f"{LOCATOR}.{SECRET[:-1]}é",
        f"{LOCATOR}.{SECRET[:-1]}٣",
        "." * 10_000,
    ],
)
def test_anything_else_is_no_token(pasted: str):
    assert token_in(pasted) == ("", "")


def test_what_the_seal_makes_is_a_token():
    receipt = new_receipt()
    assert token_in(receipt.token) == (receipt.locator, receipt.secret)
    assert (len(receipt.locator), len(receipt.secret)) == (LOCATOR_LENGTH, SECRET_LENGTH)
