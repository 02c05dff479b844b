"""Notices on the web (通报): drafted, rechecked, approved, published, frozen, withdrawn."""
