"""What every entity shares: settings, database, errors, listing, health."""
