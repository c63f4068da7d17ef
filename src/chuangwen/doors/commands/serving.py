"""Run the web server that fits the machine."""

import sys

if sys.platform == "win32":
    from waitress import serve as _waitress

    from chuangwen.wsgi import application

    def serve(*, address: str, port: int) -> None:
        """Serve until stopped (Windows)."""
        _waitress(application, host=address, port=port, threads=8)

else:
    from granian.constants import Interfaces, Loops
    from granian.server import Server

    def serve(*, address: str, port: int) -> None:
        """Serve until stopped: two processes, each answering several requests at once."""
        Server(
            "chuangwen.wsgi:application",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            workers=2,
            blocking_threads=4,
            loop=Loops.auto,
            log_enabled=False,
        ).serve()
