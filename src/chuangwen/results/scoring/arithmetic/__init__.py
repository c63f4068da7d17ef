"""The arithmetic of an evaluation: arrays in, arrays out, no database (docs/explanation/the-score.md)."""
