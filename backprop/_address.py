"""Where the book is: the one place in the code that has its address."""

BOOK = "https://literate-backprop.github.io/"
