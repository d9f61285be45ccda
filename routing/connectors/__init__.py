"""Other systems that take our cases and work orders: one module a system, all behind the ports in `ports.py`."""
