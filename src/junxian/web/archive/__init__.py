"""The archive (档案): files kept once by hash in the database: a file and its row are one transaction."""
