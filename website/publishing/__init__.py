"""What an owner needs who publishes the library and the book; PUBLISHING.md says when."""
