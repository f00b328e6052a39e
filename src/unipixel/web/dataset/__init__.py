"""The data set: its images, tags, doubtful natives, balance and faults."""
