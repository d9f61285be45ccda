"""The GeoReport v2 server: other software reads and opens cases."""
