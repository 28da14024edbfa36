"""Runs in an app around each update: users' edits move with a renamed entity and are never deleted unasked.

Copier removes files that the new answers or the new version no longer make, edited or not. At that point nothing is
committed, and the work tree was clean before: whatever must stay can be restored from HEAD. Files that Git ignores
are in no commit, so those that Copier may overwrite are copied before the update.
"""
