"""Business rules of order items: yours to edit; updates of the template keep this file.

Hooks that you can override; `app/core/rules.py` describes them:

- before_create(context, row), after_create(context, row)
- before_update(context, row, changes), after_update(context, row, changes)
- before_delete(context, row), after_delete(context, row)
- visible(context): conditions of every read, for example of the tenant
- list_filters(context, query): conditions of a list, for parameters of your own

An after_ hook runs after the commit, the others in the transaction. `context` holds the session,
the user and the id of the request.
"""

from app.core.rules import Rules
from app.entities.order_item.model import OrderItem


class OrderItemRules(Rules[OrderItem]):
    """Override hooks here; raise InvalidError or ConflictError in a before_ hook to reject."""
