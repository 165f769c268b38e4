"""The plain HTTP doors: chat, runs, sessions, health, and how their errors are told."""
