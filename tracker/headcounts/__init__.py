"""The nobody-lost ledger: who was counted, where, by whom."""
