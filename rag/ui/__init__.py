"""The Streamlit face."""
