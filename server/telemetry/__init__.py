"""What is seen of the service: logs, metrics and traces, none of which holds a question or an answer."""
