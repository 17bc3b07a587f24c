"""Pages for people: each module translates one noun between requests and rooms."""
