"""The instruments: what a page shows before its script runs, each whole, with numbers of the build.

A page calls one from a `python exec="on" html="on"` fence. The script of the same name in docs/assets/instruments/ makes it move.
"""
