"""The whole way of an order over HTTP, under the real web server, against a bare application under the same."""
