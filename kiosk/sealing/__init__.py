"""Keys, envelopes, packages down, bundles up, receipts."""
