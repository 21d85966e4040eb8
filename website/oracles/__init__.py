"""What the library is compared with, by the tests and by the page about how it is checked."""
