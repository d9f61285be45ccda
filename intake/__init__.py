"""Time, memory and side effects: receive, process, converse, deliver, review, serve."""
