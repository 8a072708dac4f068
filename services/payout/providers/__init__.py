"""The billers, each behind the same few words."""
