"""The shop has tests of its own, which run where its packages are."""

collect_ignore = ["shop"]
