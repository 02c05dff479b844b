"""A national database (make bench): 2,843 counties × 60 indicators × 24 months behind the real server, 8 clients.

Printed and never asserted: rows of both databases, p50, p95 and p99 of the county page, the ranking and the cockpit by
the client's clock and by the server's. Databases are made once into build/national and used again until the code that
makes them or a migration changes.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import quote

from tests.scale import national_city as city
from tests.scale.national_serve import BUILD, ROOT, Site, load, postgres, served, server_times

REQUESTS, WARM = 400, 80
MADE_BY = ("tests/scale/national_city.py", "tests/scale/national_store.py")
OFFICES = ("kaohe", "shizhang", "shenji")
COUNTIES_ASKED = 120


def recipe(counties: int) -> str:
    """What the database is made by: the generator and every migration."""
    parts = [ROOT / name for name in MADE_BY] + sorted((ROOT / "src/junxian/web").glob("*/migrations/*.py"))
    mark = hashlib.sha256(str(counties).encode())
    for path in parts:
        mark.update(path.read_bytes())
    return mark.hexdigest()


@contextmanager
def prepared(kind: str, counties: int) -> Iterator[Site]:
    """The site of that kind of database, filled; PostgreSQL runs as long as it is in use."""
    home = BUILD / f"{kind}-{counties}"
    stamp = home / "made"
    fresh = not stamp.is_file() or stamp.read_text() != recipe(counties)
    if fresh:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        url = stack.enter_context(postgres(home / "pg")) if kind == "postgres" else ""
        site = Site(kind, home, url)
        if fresh:
            print(f"{kind}: making the database of {counties} counties", flush=True)
            print(site.python("-m", "tests.scale.national_store", str(counties)), end="", flush=True)
            stamp.write_text(recipe(counties))
        yield site


def pages(cookies: dict[str, str], counties: int) -> dict[str, list[tuple[str, str]]]:
    """Page → (cookie, path) in random order: offices ask for any county, each county for its own page."""
    lots = random.Random(8)
    codes = [city.county(n) for n in range(counties)]
    clerks = {code: cookies[f"{code}-jingban"] for code in codes if f"{code}-jingban" in cookies}
    offices = [cookies[name] for name in OFFICES]
    by_offices = [(lots.choice(offices), f"/units/{code}/") for code in lots.sample(codes, min(200, counties))]
    own = [(cookie, f"/units/{code}/") for code, cookie in clerks.items()]
    last = -(-counties // 200)
    ranking = [(offices[n % 3], f"/ranking/?page={n % last + 1}") for n in range(40)]
    narrowed = [(offices[n % 3], f"/ranking/?category={quote(city.region(n))}") for n in range(31)]
    return {
        "county page, offices": by_offices, "county page, county clerks": own, "ranking, 200 a page": ranking,
        "ranking of one region": narrowed, "cockpit": [(c, "/cockpit/") for c in offices],
        "city page": [(c, "/city/") for c in offices],
    }  # fmt: skip


def measure(site: Site, counties: int) -> None:
    """Warm up, ask, print."""
    lots = random.Random(7)
    clerks = [f"{city.county(n)}-jingban" for n in lots.sample(range(counties), min(COUNTIES_ASKED, counties))]
    facts = json.loads(site.python("-m", "tests.scale.national_facts", *OFFICES, *clerks))
    print(f"{site.name}: {facts['size'] / 1024**2:,.0f} MiB")
    for table, n in sorted(facts["counts"].items(), key=lambda item: -item[1]):
        print(f"  {table:<34} {n:>12,} rows")
    with served(site) as (port, log):
        for name, asked in pages(facts["cookies"], counties).items():
            load(port, asked, WARM)
            found = load(port, asked, REQUESTS)
            time.sleep(0.3)
            own = server_times(log, found.marks)
            print(f"  {name:<28} client {found.client} ms   server {own} ms   {found.per_second:5.0f}/s "
                  f"{found.kilobytes:5.0f} KiB  errors {len(found.errors)}", flush=True)  # fmt: skip
            for error in sorted(set(found.errors))[:5]:
                print(f"    {error}")


def national(counties: int = city.COUNTIES, kinds: tuple[str, ...] = ("sqlite", "postgres")) -> None:
    """Both databases, one after the other."""
    print(f"{counties} counties × {city.INDICATORS} indicators × {city.MONTHS} months, {REQUESTS} requests a page, "
          "8 clients without a pause; target p95 ≤ 100 ms server time")  # fmt: skip
    for kind in kinds:
        with prepared(kind, counties) as site:
            measure(site, counties)


if __name__ == "__main__":
    import sys

    national(int(sys.argv[1]) if len(sys.argv) > 1 else city.COUNTIES, tuple(sys.argv[2:]) or ("sqlite", "postgres"))
