"""Doors for devices and message channels, below /in/: each parses one sender's form."""
