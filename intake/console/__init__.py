"""What people who work with the service can see and do: no web here, only values and their stores."""
