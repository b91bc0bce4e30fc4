"""The app's entry: names the pages and runs the chosen one."""
