"""Uses a running kitchen-sink through the client that openapi-python-client makes; test_clients.py runs it beside that.

python drive.py http://127.0.0.1:8000
"""

import sys
from http import HTTPStatus

from client import Client
from client.api.order import create_order, list_orders
from client.api.person import create_person
from client.api.product import (
    create_product,
    delete_product,
    get_product,
    link_product_tags,
    list_products,
    update_product,
)
from client.api.profile import create_profile
from client.api.tag import create_tag
from client.models.get_product_include_item import GetProductIncludeItem
from client.models.list_products_sort_item import ListProductsSortItem
from client.models.order_create import OrderCreate
from client.models.order_page import OrderPage
from client.models.order_read import OrderRead
from client.models.person_create import PersonCreate
from client.models.person_read import PersonRead
from client.models.problem import Problem
from client.models.product_create import ProductCreate
from client.models.product_detail import ProductDetail
from client.models.product_page import ProductPage
from client.models.product_patch import ProductPatch
from client.models.product_read import ProductRead
from client.models.profile_create import ProfileCreate
from client.models.profile_read import ProfileRead
from client.models.tag_create import TagCreate
from client.models.tag_read import TagRead
from client.types import UNSET

client = Client(base_url=sys.argv[1])
LARGEST = 2**63 - 1


def product_of(title: str, price: str) -> ProductRead:
    """Create a product."""
    made = create_product.sync(client=client, body=ProductCreate(title=title, price=price))
    assert isinstance(made, ProductRead)
    return made


def check_changes() -> None:
    """Create, read, update, delete; conflicts and versions."""
    product = product_of("Pencil", "4.20")
    assert (product.price, product.weight, product.stock) == ("4.20", None, 0)

    first = get_product.sync_detailed(product.id, client=client)
    tag = first.headers["etag"]
    changed = update_product.sync_detailed(
        product.id, client=client, body=ProductPatch(price="5", weight=2.5), if_match=tag
    )
    assert isinstance(changed.parsed, ProductRead)
    assert (changed.parsed.price, changed.parsed.weight) == ("5.00", 2.5)

    stale = update_product.sync_detailed(product.id, client=client, body=ProductPatch(stock=1), if_match=tag)
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    assert isinstance(stale.parsed, Problem)

    emptied = update_product.sync(product.id, client=client, body=ProductPatch(weight=None))
    assert isinstance(emptied, ProductRead)
    assert emptied.weight is None

    refused = create_product.sync(client=client, body=ProductCreate(title="Pen", price="much"))
    assert isinstance(refused, Problem)
    assert [error.field for error in refused.errors] == ["body.price"]

    assert delete_product.sync_detailed(product.id, client=client).status_code == HTTPStatus.NO_CONTENT
    missing = get_product.sync(product.id, client=client)
    assert isinstance(missing, Problem)
    assert missing.status == HTTPStatus.NOT_FOUND


def check_lists() -> None:
    """Filter, sort, page, include."""
    for price in ("1.00", "10.50", "9.99"):
        product_of("Notebook", price)
    page = list_products.sync(
        client=client, title="Notebook", price_gte="2", sort=[ListProductsSortItem.VALUE_5], limit=1
    )
    assert isinstance(page, ProductPage)
    assert (page.total, [one.price for one in page.items]) == (2, ["10.50"])

    made = create_tag.sync(client=client, body=TagCreate(label="python"))
    assert isinstance(made, TagRead)
    again = create_tag.sync_detailed(client=client, body=TagCreate(label="python"))
    assert again.status_code == HTTPStatus.CONFLICT

    product = page.items[0]
    assert product.tags is UNSET
    link_product_tags.sync_detailed(product.id, made.id, client=client)
    detail = get_product.sync(product.id, client=client, include=[GetProductIncludeItem.TAGS])
    assert isinstance(detail, ProductDetail)
    assert detail.tags == [made]
    assert detail.similar is UNSET


def check_values() -> None:
    """JSON of any form, an internal address, the largest bigint."""
    person = create_person.sync(client=client, body=PersonCreate(name="Ada", email="ada@corp.local"))
    assert isinstance(person, PersonRead)
    settings = {"theme": "dark", "sizes": [1, 2.5, None]}
    profile = create_profile.sync(client=client, body=ProfileCreate(person_id=person.id, settings=settings))
    assert isinstance(profile, ProfileRead)
    assert (profile.settings, profile.extra) == (settings, None)

    order = create_order.sync(client=client, body=OrderCreate(customer_id=person.id, number=LARGEST))
    assert isinstance(order, OrderRead)
    found = list_orders.sync(client=client, number=LARGEST)
    assert isinstance(found, OrderPage)
    assert [one.id for one in found.items] == [order.id]


check_changes()
check_lists()
check_values()
print("all as documented")
