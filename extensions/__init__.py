"""Code that the template runs: names, entities and everything derived from the answers."""
