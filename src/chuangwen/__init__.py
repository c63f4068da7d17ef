"""Chuangwen: a town works towards the title of National Civilised City."""
