"""Template words of figures (数据用语)."""
