"""The nodes of the graph, one file each: resolve, gather, analyst, verify, format."""
