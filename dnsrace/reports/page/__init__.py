"""The interactive page: one HTML file that shows a trace, and lets people take the steps."""
