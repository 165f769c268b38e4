"""The four-section report: its model, its parser, its rendering and the check of its figures."""
