"""Reading a Chinese plan document: pure functions over its text (docs/explanation/reading-a-plan.md)."""
