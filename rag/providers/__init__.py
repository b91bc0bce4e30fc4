"""Models outside the process or in a package; one adapter, one file.

The protocol that an adapter meets is in `base.py`; `rag/composition/adapters.py` chooses one (`chat_model` for chat).
"""
