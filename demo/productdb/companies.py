"""The sixty tenants: forty-four companies, sixteen of which also have a test environment."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from uuid import NAMESPACE_DNS, uuid5

from demo.productdb.world import Account

PRODUCT_DOMAIN = "quillfold.example"

COMPANIES = {
    "eu": (
        "Northwind Paper,Brightwater Fittings,Fable Press,Kestrel Cycles,Pinefold Architects,"
        "Halcyon Textiles,Amber Quay Bakery,Stonebridge Lighting,Willowmere Nurseries,Cinder and Oak,"
        "Marlow Tiles,Juniper Square,Thistledown Toys,Rookwood Removals,Velvet Harbour"
    ),
    "us": (
        "Harbor Lane Dental,Copperleaf Roasters,Meridian Freight,Oakridge Veterinary,Prairie Lantern,"
        "Bluebonnet Roofing,Silver Creek Heating,Sagebrush Surveying,Canyon Print Works,Maplewood Tutors,"
        "Ironwood Gyms,Cloverfield Catering,Red Barn Feed,Lakeside Translations,Quarry Road Stone"
    ),
    "ap": (
        "Tern Island Outfitters,Saltmarsh Ferries,Banyan Logistics,Coral Bay Dive,Golden Reed Tea,"
        "Lumen Yoga Studio,Monsoon Prints,Paperbark Design,South Pier Seafood,Wattle and Clay,"
        "Orchid Lane Events,Blue Heron Bikes,Tidewater Clinics,Lotus Bridge School"
    ),
}
WITH_TEST = {"eu": 6, "us": 5, "ap": 5}
BUSY = {
    "Northwind Paper",
    "Meridian Freight",
    "Banyan Logistics",
    "Ironwood Gyms",
    "Halcyon Textiles",
    "Red Barn Feed",
}
QUIET = {"Marlow Tiles", "Lakeside Translations", "Lotus Bridge School", "Lumen Yoga Studio"}


def accounts(now: datetime) -> Iterator[Account]:
    """Every tenant, always the same ones with the same ids and the same dice."""
    for region, names in COMPANIES.items():
        for place, name in enumerate(names.split(",")):
            yield _account(name, "production", region, now, place)
            if place < WITH_TEST[region]:
                yield _account(name, "test", region, now, place)


def _account(name: str, environment: str, region: str, now: datetime, place: int) -> Account:
    stem = name.lower().replace(" ", "-")
    slug = f"{stem}-{'prod' if environment == 'production' else 'test'}-{region}"
    return Account(
        id=uuid5(NAMESPACE_DNS, f"{slug}.{PRODUCT_DOMAIN}"),
        slug=slug,
        name=name,
        domain=f"{stem}.example",
        environment=environment,
        region=region,
        weight=_weight(name, environment, place),
        rng=Random(f"quillfold {slug}"),
        now=now,
    )


def _weight(name: str, environment: str, place: int) -> float:
    if name in QUIET:
        return 0.02
    if environment == "test":
        return 0.5
    if name in BUSY:
        return 10.0
    return 3.5 if place % 3 else 1.2
