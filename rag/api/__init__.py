"""The record for other programs: HTTP under `/api/v1`, and MCP for assistants."""
