"""The answers: the questions, the errors of each answer, and the answers file."""
