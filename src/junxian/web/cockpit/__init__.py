"""Cockpit (驾驶舱): the desk of each post, the big screen, the brief on a phone."""
