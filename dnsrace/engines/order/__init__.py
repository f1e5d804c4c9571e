"""Order abstraction: search for any number of identifiers, of which only the order matters."""
