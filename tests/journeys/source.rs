//! A build from source, of a tiny torch.
