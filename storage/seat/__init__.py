"""The store of one seat: sittings, their journals, and the bundles they become."""
