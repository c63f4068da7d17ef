"""Keeping a secret in a table: sealed with the installation's own key, readable by this installation only.

AES-256-GCM with a key made (HKDF-SHA256) from the installation's secret. ``place`` names where the sealed text stands;
it is bound into the seal, so a sealed text copied to another row or column does not open there.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later

_MARK = "s1:"
_NONCE = 12
_USE = b"chuangwen sealed column"


class CannotUnseal(Refusal):
    """The sealed text was made with another key, for another place, or was damaged."""

    code = "cannot_unseal"
    sentence = later("保存的密钥解不开：数据目录里的密钥文件换过，或内容已损坏。请重新填写这一项。")


def seal(text: str, *, key: str, place: str) -> str:
    """The text sealed (ASCII); an empty text stays empty. Two seals of one text differ."""
    if not text:
        return ""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_derived(key)).encrypt(nonce, text.encode(), place.encode())
    return _MARK + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, key: str, place: str) -> str:
    """The text as it was. Raises ``CannotUnseal``."""
    if not sealed:
        return ""
    try:
        raw = base64.b64decode(sealed.removeprefix(_MARK), altchars=b"-_", validate=True)
        return AESGCM(_derived(key)).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except (ValueError, InvalidTag) as error:
        raise CannotUnseal from error


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_USE).derive(key.encode())
