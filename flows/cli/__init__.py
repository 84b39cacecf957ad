"""The command `secnews`: one file a command, what they print in screens.py."""
