"""The service as templates see it, and what follows from its answers: packages, owners of files, documents."""
