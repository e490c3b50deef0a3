"""`agent-tui demo`: a desk with throwaway data and customers who write by themselves."""
