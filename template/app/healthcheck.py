"""Exit 0 when the service answers, 1 when it does not: `python -m app.healthcheck [url]`."""

import os
import sys
import urllib.request
from http import HTTPStatus


def main() -> int:
    """Ask the service whether it is alive; return the exit status."""
    port = os.environ.get("PORT", "8000")
    url = sys.argv[1] if len(sys.argv) > 1 else f"http://127.0.0.1:{port}/health/health"
    if not url.startswith("http://"):
        sys.stderr.write(f"{url} is no http:// address\n")
        return 1
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310  (http only, checked above)
            return 0 if answer.status == HTTPStatus.OK else 1
    except OSError as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
