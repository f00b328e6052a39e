"""Converting pictures that are sent: kept in memory alone, no file is read or written."""
