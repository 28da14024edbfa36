"""How a module gets loaded: Copier loads what `copier.yml` lists, and a list entry must name a Jinja extension."""

from __future__ import annotations

from jinja2.ext import Extension


class Loaded(Extension):
    """Stands for a module that others import from and that gives templates nothing itself."""
