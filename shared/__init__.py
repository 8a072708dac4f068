"""What every service may use: kernel (pure) below contracts (events) below runtime (input and output)."""
