"""The nodes of the graph, one file each, in the order in which they run: resolve, gather, analyst, verify, format."""
