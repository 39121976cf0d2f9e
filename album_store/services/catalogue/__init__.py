"""What is for sale: albums, search, and the site map."""
