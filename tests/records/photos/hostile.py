"""Pictures made to hurt: the seeds that fuzzers start from, and what every reader of photos must survive."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, PngImagePlugin


def saved(picture: Image.Image, form: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def scene(width: int = 96, height: int = 64) -> Image.Image:
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    picture.paste((200, 30, 30), (width // 8, height // 8, width // 3, height // 2))
    return picture


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def exif_that_bites_its_tail() -> bytes:
    """A directory whose next directory is itself, and whose sub-directory too."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8)


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(scene()).save(out)
    return out.getvalue()


def seeds() -> dict[str, bytes]:
    """Small pictures by what is odd about them; some are sound, some are not."""
    one, png = scene(), saved(scene(), "PNG")
    progressive = saved(one, "JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "x" * 900_000, zip=True)
    many = [scene().rotate(turn) for turn in range(0, 360, 8)]
    return {
        "jpeg": saved(one, "JPEG"),
        "jpeg-cut": saved(one, "JPEG")[:700],
        "jpeg-grey": saved(one.convert("L"), "JPEG"),
        "jpeg-cmyk": saved(one.convert("CMYK"), "JPEG"),
        "jpeg-passes": progressive[:-2] + progressive[last:-2] * 3000 + b"\xff\xd9",
        "jpeg-loop": saved(one, "JPEG", exif=exif_that_bites_its_tail()),
        "jpeg-exif-cut": saved(one, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"),
        "jpeg-turned": saved(
            one, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0\0\0\0\0"
        ),
        "jpeg-two": saved(one, "MPO", save_all=True, append_images=[scene(16, 16)]),
        "png": png,
        "png-palette": saved(one.quantize(16), "PNG", transparency=3),
        "png-16": saved(Image.new("I;16", (50, 40), 40_000), "PNG"),
        "png-clear": saved(one.convert("RGBA"), "PNG"),
        "png-text-bomb": saved(one, "PNG", pnginfo=text),
        "png-film": saved(one, "PNG", save_all=True, append_images=many),
        "png-long-chunk": png[:33] + struct.pack(">I", 0x7FFFFFFF) + b"IDAT" + png[41:],
        "png-no-data": png[:33] + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        "png-data-bomb": png[:33] + chunk(b"IDAT", zlib.compress(b"\0" * 20_000_000, 9)) + chunk(b"IEND", b""),
        "webp": saved(one, "WEBP"),
        "webp-film": saved(one, "WEBP", save_all=True, append_images=many),
        "webp-cut": saved(one, "WEBP", lossless=True)[:-40],
        "heic": heic(),
        "heic-cut": heic()[:-300],
        "dot": saved(Image.new("RGB", (1, 1)), "PNG"),
        "thread": saved(Image.new("RGB", (12_000, 1), (9, 9, 9)), "PNG"),
        "pole": saved(Image.new("L", (1, 12_000)), "JPEG"),
    }


SOUND = {
    "jpeg", "jpeg-grey", "jpeg-cmyk", "jpeg-loop", "jpeg-exif-cut", "jpeg-turned", "jpeg-two", "png", "png-palette",
    "png-16", "png-clear", "png-film", "png-text-bomb", "png-long-chunk", "png-data-bomb", "webp", "webp-film", "heic", "dot", "thread", "pole",
}  # fmt: skip
