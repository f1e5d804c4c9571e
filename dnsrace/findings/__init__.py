"""What an engine may say: verdicts, traces, explanations."""
