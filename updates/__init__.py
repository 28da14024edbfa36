"""What runs in an app after an update; the only code of this template that touches files and runs a program (Git)."""
