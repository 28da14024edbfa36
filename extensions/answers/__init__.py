"""The answers: the questions, the faults of each answer, and the answers file."""
