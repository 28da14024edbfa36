"""Order items: table, schemas, routes and rules."""
