"""Every query of deposit. Rows of many are written by one statement, in id order, so that writers never deadlock."""
