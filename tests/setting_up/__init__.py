"""Ways to install and start the dashboard, on other systems than the developers' too."""
