"""Tags of the page frame (页面框架标签)."""
