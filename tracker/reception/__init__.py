"""Reception centres, arrivals there, and the hand-over that closes a convoy's ledger."""
