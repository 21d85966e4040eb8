"""What builds the site: prepare, build, finish. README.md says where each part is."""
