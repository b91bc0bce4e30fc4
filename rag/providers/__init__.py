"""Adapters to models, the web and mail; one adapter, one file.

The protocol that an adapter meets is in `base.py`; `rag/composition/adapters.py` chooses one (`chat_model` for chat).
"""
