"""How Timbang is put to work on a machine: embedded, in containers, watched and rolled out."""
