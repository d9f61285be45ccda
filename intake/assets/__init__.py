"""What stands in the city: imported, found near a place, and asked about."""
