"""Pages as tests read them: a figure is its number, without the marks that the walk of figures compares."""

import re


def plain(html: str) -> str:
    """The page with every figure's mark taken away."""
    return re.sub(r'<span class="figure[^>]*>([^<]*)</span>', r"\1", html)
