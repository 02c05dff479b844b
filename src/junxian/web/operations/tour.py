"""The tour (巡检): every page a demonstration account can reach, fetched over HTTP as a browser would.

Each account signs in, opens every page of its menu and follows the links it is shown, a few of each kind.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.utils.encoding import iri_to_uri

OF_EACH_KIND = 2
LIMIT_SECONDS = 60
LEFT_OUT = ("/account/", "/i18n/", "/static/")
CHANGES = ("logout", "language", "delete")


class Reader(HTMLParser):
    """Links and fragments of a page, and its CSRF token."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.token = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect where a reader can go from here."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "download" not in given:
            self.links.append(given.get("href", ""))
        self.links += [given[name] for name in ("hx-get", "data-hx-get") if name in given]
        if tag == "input" and given.get("name") == "csrfmiddlewaretoken":
            self.token = self.token or given.get("value", "")


@dataclass(frozen=True)
class Opened:
    """One page as one account got it."""

    path: str
    username: str
    status: int

    @property
    def failed(self) -> bool:
        """A refusal of a page that was offered counts as well as one that is broken or missing."""
        return self.status >= 400


@dataclass
class Visitor:
    """One account in its own browser."""

    site: str
    username: str
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self.opener = build_opener(HTTPCookieProcessor(self.jar))

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, text, final address) of a page; HTML and JSON are read, other files only begun."""
        body = urlencode(form).encode() if form else None
        request = Request(
            iri_to_uri(urljoin(self.site, path)), body, {"Accept-Language": "zh-CN", "Referer": self.site}
        )
        try:
            with self.opener.open(request, timeout=LIMIT_SECONDS) as answer:
                return answer.status, _text(answer), answer.url
        except HTTPError as refused:
            return refused.code, "", path
        except URLError:
            return 599, "", path

    def sign_in(self, address: str, password: str) -> bool:
        """Through the page everybody uses."""
        page = Reader()
        page.feed(self.open(address)[1])
        form = {"login": self.username, "password": password, "csrfmiddlewaretoken": page.token}
        status, _text, ended = self.open(address, form)
        return status == 200 and urlsplit(ended).path != urlsplit(urljoin(self.site, address)).path


def _text(answer: HTTPResponse) -> str:
    readable = answer.headers.get_content_type() in ("text/html", "application/json")
    content = answer.read() if readable else answer.read(65536)
    return content.decode("utf-8") if readable else ""


def walk(visitor: Visitor, begin: Sequence[str], kind_of: Kinds) -> Iterator[Opened]:
    """Open the first pages, then what they link to, at most a few of each kind."""
    waiting, seen, kinds = deque(begin), set(begin), Counter[str]()
    while waiting:
        path = waiting.popleft()
        status, text, ended = visitor.open(path)
        yield Opened(path, visitor.username, status)
        page = Reader()
        page.feed(text)
        for link in page.links:
            target = urlsplit(urljoin(ended, link))
            name = kind_of(target.path) if f"{target.scheme}://{target.netloc}/" in visitor.site else ""
            if not name or target.path in seen or kinds[name] >= OF_EACH_KIND:
                continue
            kinds[name] += 1
            seen.add(target.path)
            waiting.append(target.path + (f"?{target.query}" if target.query else ""))


class Kinds:
    """The name of the page an address leads to; "" for what is not a page to look at."""

    def __call__(self, path: str) -> str:
        """Resolve as Django does, below the deployment's sub-path."""
        from django.conf import settings
        from django.urls import Resolver404, resolve

        inner = path.removeprefix(f"/{settings.PREFIX}") if settings.PREFIX else path
        if inner.startswith(LEFT_OUT) or any(word in inner for word in CHANGES):
            return ""
        try:
            return str(resolve(inner).url_name or "")
        except Resolver404:
            return f"nowhere: {path}"


def menu_of(username: str) -> list[str]:
    """Addresses without arguments that the account's post may open."""
    from django.urls import reverse

    from junxian.web.operations.seed import acting
    from junxian.web.urls import every_page

    actor = acting(username)
    open_pages = [page for page in every_page() if "<" not in page.route and not page.writes and page.open_to(actor)]
    return [reverse(page.name) for page in open_pages if page.permission]


def tour(site: str, usernames: Sequence[str], password: str) -> list[Opened]:
    """Everything every account opened; one that cannot sign in is a page that failed."""
    from django.conf import settings
    from django.urls import reverse

    found: list[Opened] = []
    for username in usernames:
        visitor = Visitor(site, username)
        address = reverse(settings.LOGIN_URL)
        if not visitor.sign_in(address, password):
            found.append(Opened(address, username, 401))
            continue
        found += walk(visitor, menu_of(username), Kinds())
    return found


def main(arguments: Sequence[str]) -> None:
    """`python -m junxian.web.operations tour SITE ACCOUNT…`: what was opened, as JSON."""
    from junxian.web.people.demo import PASSWORD

    site, *usernames = arguments
    sys.stdout.write(json.dumps([asdict(one) for one in tour(site, usernames, PASSWORD)], ensure_ascii=False) + "\n")
