"""Documents (公文): the composed bulletin as Word notice, ranking workbook and offline page."""
