"""Files (文件): bytes in and out."""
