"""A secret in a table is readable by this installation, in its own place, and nowhere else."""

import pytest

from chuangwen.kernel.sealing import CannotUnseal, seal, unseal


def test_what_is_sealed_opens_with_the_same_key_in_the_same_place() -> None:
    sealed = seal("https://钥匙", key="k", place="a")
    assert "钥匙" not in sealed
    assert sealed.isascii()
    assert unseal(sealed, key="k", place="a") == "https://钥匙"
    assert seal("https://钥匙", key="k", place="a") != sealed
    assert unseal(seal("", key="k", place="a"), key="k", place="a") == ""


@pytest.mark.parametrize(("key", "place"), [("other", "a"), ("k", "b")])
def test_another_key_or_place_does_not_open_it(key: str, place: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(seal("x", key="k", place="a"), key=key, place=place)


@pytest.mark.parametrize("damaged", ["s1:", "s1:AAAA", "plain text", "s1:%%%", "s1:" + "A" * 64])
def test_damage_is_told_in_a_sentence(damaged: str) -> None:
    with pytest.raises(CannotUnseal, match="重新填写"):
        unseal(damaged, key="k", place="a")
