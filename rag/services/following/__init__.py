"""Following the news: reading addresses again, and noticing what is new for what is watched."""
