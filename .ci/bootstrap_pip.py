"""Puts pip into an environment where Debian left it out (no python3-venv); the download is pinned by its hash."""

import hashlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"


def fetch(url: str) -> bytes:
    """Returns what stands at an address; a machine without certificates may fetch too, since the hash decides."""
    try:
        return urllib.request.urlopen(url, timeout=60).read()
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ssl.SSLError):
            raise
    return urllib.request.urlopen(url, timeout=60, context=ssl._create_unverified_context()).read()


def main() -> None:
    """Downloads the wheel, checks its hash, and lets it install itself."""
    links = re.findall(r'href="([^"]+)"', fetch(INDEX).decode())
    wheel = fetch(urllib.parse.urljoin(INDEX, next(link for link in links if WHEEL in link)))
    if hashlib.sha256(wheel).hexdigest() != SHA256:
        sys.exit(f"{WHEEL} from {INDEX} is not the file this project knows: nothing was installed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, WHEEL)
        path.write_bytes(wheel)
        subprocess.run([sys.executable, f"{path}/pip", "install", "--quiet", "--no-index", str(path)], check=True)


main()
