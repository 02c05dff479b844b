"""Meetings (会议): what was decided, who was named, what they replied, whether it was done."""
