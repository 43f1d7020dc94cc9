"""The door of central: the HTTPS interface halls send bundles to and fetch receipts and releases from."""
