"""One folder for each entity: its table, its schemas, its routes, and the rules you write."""
