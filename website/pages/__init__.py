"""What a page calls from its `python exec` fences: figures, tables, code and instruments, computed when the site is built."""
