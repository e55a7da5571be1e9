"""What several commands share: the console, the data as whoever runs a command may see it, what follows a load."""
