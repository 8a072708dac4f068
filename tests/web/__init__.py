"""The faces as people meet them: in a real Chromium, on the whole running system, over lines that break."""
