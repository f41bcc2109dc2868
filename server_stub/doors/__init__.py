"""How clients reach the server: sockets, pages, certificates, addresses."""
